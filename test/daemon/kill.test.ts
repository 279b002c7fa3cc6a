import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { VisitedPage } from '../../src/cli/demo/client.js';
import { type Load, startLoad } from '../../src/cli/demo/load.js';
import { systemClock } from '../../src/clock.js';
import type { HostProcess } from '../../src/driver/host-process.js';
import type { PageServerArguments } from '../../src/driver/process/page-server-arguments.js';
import type { Replica } from '../../src/scale/replica.js';
import type { ReplicaView } from '../../src/server/admin/source.js';
import { flatLabel } from '../../src/site/naming.js';
import { openStore } from '../../src/store/store.js';
import { AnswerWatcher, WATCHER } from '../helpers/answer-watcher.js';
import { ask } from '../helpers/http.js';
import { KillableDaemon } from '../helpers/killable-daemon.js';
import { killPageServersBelow, pageServersBelow } from '../helpers/page-servers.js';
import { parsed } from '../helpers/policy.js';
import { freePort } from '../helpers/process-driver.js';
import { seededRandom } from '../helpers/random.js';

const KILLS = 20;
const DOMAIN = 'kill.test';
const PATHS = ['/hot.html', '/warm.html', '/cold.html'];

/** The windows are so short that a surge, its end and the drain after it fit between a few kills. */
const POLICY = `version: 1
name: kill
match: { pages: ["/**"] }
maxReplicas: 3
metric:
  target: 25
  activation: 15
  stableWindow: 1s
  panic: { window: 300ms, threshold: 2 }
  ignoreClients: ["${WATCHER}/32"]
behavior:
  scaleUp: { policies: [{ type: Replicas, value: 4, period: 1s }] }
  scaleDown: { stabilizationWindow: 500ms, policies: [{ type: Replicas, value: 4, period: 1s }] }
cooldown: { scaleUp: 0s, scaleDown: 0s, toZero: 0s }
probe: { period: 200ms, timeout: 2s, failureThreshold: 5 }
instance: { bootTimeout: 10s }
backoff: { initial: 500ms, max: 1s }
dns: { ttl: 2s, minTtl: 1s, drain: { gracePeriod: 500ms, maxDuration: 10s } }
`;
const SURGE = { ms: 5_000, hot: 60, warm: 30 };
const CALM_MS = 6_000;

/** What a kill can wait for; then it comes within a few milliseconds. */
const EVENTS = [
  /"msg":"decided".*"boot /,
  /"to":"booting"/,
  /"to":"probing"/,
  /"to":"serving"/,
  /"msg":"published"/,
  /"to":"draining"/,
  /"to":"stopping"/,
  /"to":"gone"/,
];
const LIVE_MS = 2_500;
const START_MS = 900;
const RIGHT_AFTER_MS = 25;

test('killed at any moment of a surge, the daemon leaks nothing, loses nothing and fails nobody', async (t) => {
  const seed = Number(process.env.HOTZONE_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`HOTZONE_SEED=${seed}`);
  const random = seededRandom(seed);
  const scene = await Scene.set(t, random);
  const states = new Map<string, number>();
  const lives: KillableDaemon[] = [];
  const live = (): KillableDaemon => {
    const daemon = scene.start();
    lives.push(daemon);
    return daemon;
  };

  let daemon = live();
  await daemon.line(/"msg":"ready"/);
  const watcher = await AnswerWatcher.start({ ...scene, random });
  const load = await startLoad({
    ...scene,
    clock: systemClock,
    random,
    resolvers: 12,
    timeoutMs: 5_000,
    patience: { timeoutMs: 300, attempts: 30 },
  });
  const tide = startTide(load, scene.pages);
  for (let kill = 0; kill < KILLS; kill += 1) {
    await moment(daemon, random);
    await daemon.kill('SIGKILL');
    for (const state of await scene.checkBooks()) states.set(state, (states.get(state) ?? 0) + 1);
    daemon = live();
    if (kill % 4 === 3) continue;
    await daemon.line(/"msg":"ready"/);
    await scene.checkView();
  }
  await daemon.line(/"msg":"ready"/);
  await setTimeout(SURGE.ms);
  await scene.checkView();
  await tide.end();
  const counters = await load.stop();
  await scene.untilNoReplicas();
  await watcher.stop();
  await daemon.kill('SIGTERM');

  t.diagnostic(`replicas at the kills: ${JSON.stringify(Object.fromEntries(states))}`);
  t.diagnostic(
    `${counters.visits.started} visits, ${counters.queries.answered} queries answered, ` +
      `${watcher.answers} answers watched, ${watcher.fetches} pages fetched from ${watcher.addresses.size} addresses`,
  );
  const lines = lives.flatMap(({ output }) => output.split('\n'));
  assert.deepEqual(watcher.violations, []);
  assert.deepEqual(
    { visits: counters.visits.failed, requests: counters.requests.failed, refused: counters.queries.refused },
    { visits: 0, requests: 0, refused: 0 },
    JSON.stringify([...counters.failures]),
  );
  const bad = lines.filter((line) => BAD.test(line) && !line.includes('before it was started'));
  assert.deepEqual(bad, []);
  assert.ok(watcher.addresses.size > 3, 'hardly any replica was ever answered');
  assert.ok(lines.some((line) => line.includes('taken over from an earlier daemon')));
  assert.equal(daemon.exitCode, 0);
});

/** Nothing fails, nobody is lost, and no bug shows. */
const BAD = /"to":"(failed|lost|orphan)"|nobody knows|"level":"(error|fatal)"|^\s+at |Error:/;

/** Lets a life go on for a random time, or until something happens in it. */
async function moment(daemon: KillableDaemon, random: () => number): Promise<void> {
  const kind = random();
  if (!daemon.output.includes('"msg":"ready"')) return void (await setTimeout(random() * START_MS));
  if (kind < 0.5) return void (await setTimeout(random() * LIVE_MS));
  const event = EVENTS[Math.floor(random() * EVENTS.length)] ?? /./;
  await Promise.race([daemon.line(event).catch(() => undefined), setTimeout(LIVE_MS)]);
  await setTimeout(random() * RIGHT_AFTER_MS);
}

/** Surges and calm, again and again. */
function startTide(load: Load, pages: readonly VisitedPage[]): { end(): Promise<void> } {
  const stop = new AbortController();
  const rates = [SURGE.hot, SURGE.warm, 2];
  const run = async (): Promise<void> => {
    for (;;) {
      for (const [index, page] of pages.entries()) load.setRate(page.host, rates[index] ?? 0);
      await setTimeout(SURGE.ms, undefined, { signal: stop.signal });
      for (const page of pages) load.setRate(page.host, 0);
      await setTimeout(CALM_MS, undefined, { signal: stop.signal });
    }
  };
  const running = run().catch(() => undefined);
  return {
    end: () => {
      stop.abort();
      return running;
    },
  };
}

/** What the lives of the daemon have in common: folders, ports, the site and its origin. */
class Scene {
  readonly folder: string;
  readonly server: { readonly address: string; readonly port: number };
  readonly httpPort: number;
  readonly adminPort: number;
  pages: readonly VisitedPage[] = [];

  static async set(t: TestContext, random: () => number): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), 'hotzone-kill-'));
    const scene = new Scene(folder, await freePort(), await freePort(), await freePort());
    mkdirSync(join(folder, 'site'));
    for (const path of PATHS) {
      const text = Array.from({ length: 200 }, () => random().toString(36)).join(' ');
      writeFileSync(join(folder, 'site', path), `<!doctype html><title>${path}</title><p>${text}</p>\n`);
    }
    writeFileSync(join(folder, 'kill.yaml'), POLICY);
    const origin = new KillableDaemon([
      ...['origin', '--domain', DOMAIN, '--site', join(folder, 'site'), '--http-port', `${scene.httpPort}`],
      ...['--counts', join(folder, 'counts.sock'), '--state', join(folder, 'origin')],
    ]);
    t.after(async () => {
      await origin.kill('SIGTERM');
      await killPageServersBelow(folder);
      rmSync(folder, { recursive: true, force: true });
    });
    await origin.line(/"msg":"ready"/);
    scene.pages = await Promise.all(PATHS.map((path) => scene.#visited(path)));
    return scene;
  }

  private constructor(folder: string, dnsPort: number, httpPort: number, adminPort: number) {
    this.folder = folder;
    this.server = { address: '127.0.0.1', port: dnsPort };
    this.httpPort = httpPort;
    this.adminPort = adminPort;
  }

  start(): KillableDaemon {
    return new KillableDaemon([
      ...['serve', '--domain', DOMAIN, '--site', join(this.folder, 'site'), '--state', this.#stateDir],
      ...['--policy', join(this.folder, 'kill.yaml'), '--listen', `127.0.0.1:${this.server.port}`],
      ...['--admin', `127.0.0.1:${this.adminPort}`, '--http-port', `${this.httpPort}`],
      ...['--external-origin', '--origin-address', '127.0.0.1', '--pool', '127.79.0.0/16'],
      ...['--origin-counts', join(this.folder, 'counts.sock')],
    ]);
  }

  /** Every page server of this state folder. */
  processes(): Promise<readonly HostProcess<PageServerArguments>[]> {
    return pageServersBelow(this.folder);
  }

  /** While no daemon runs: whatever runs is in the books. Gives back the states of the replicas in them. */
  async checkBooks(): Promise<readonly string[]> {
    const running = await this.processes();
    const books = this.#readBooks();
    const known = new Set(books.map(({ id }) => id));
    const unknown = running.filter(({ args }) => !known.has(args.id)).map(({ args }) => args);
    assert.deepEqual(unknown, [], 'a page server runs that nobody wrote down');
    return books.map(({ state }) => state);
  }

  /** Whatever runs, and goes on running, is what the daemon says that there is. */
  async checkView(): Promise<void> {
    const before = await this.processes();
    const view = new Set((await this.replicas()).map(({ id }) => id));
    const after = new Set((await this.processes()).map(({ args }) => args.id));
    const unseen = before.filter(({ args }) => after.has(args.id) && !view.has(args.id));
    assert.deepEqual(unseen, [], 'a page server runs that the daemon does not show');
  }

  async replicas(): Promise<readonly ReplicaView[]> {
    const answer = await ask({ port: this.adminPort, host: 'localhost', target: '/api/v1/replicas' });
    return (JSON.parse(answer.body.toString()) as { replicas: readonly ReplicaView[] }).replicas;
  }

  async untilNoReplicas(): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const [known, running] = [await this.replicas(), await this.processes()];
      if (known.length + running.length === 0) return;
      if (performance.now() > deadline) assert.fail(JSON.stringify({ known, running }, null, 1));
      await setTimeout(200);
    }
  }

  get #stateDir(): string {
    return join(this.folder, 'state');
  }

  /** From a copy, so that the next daemon finds the database as the kill left it. */
  #readBooks(): readonly Replica[] {
    const [file, copy] = [join(this.#stateDir, 'hotzone.db'), join(this.folder, 'copy.db')];
    for (const suffix of ['', '-wal']) {
      rmSync(copy + suffix, { force: true });
      if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
    }
    if (!existsSync(copy)) return [];
    const store = parsed(openStore(copy, systemClock));
    const replicas = store.replicas.all();
    store.close();
    return replicas;
  }

  async #visited(path: string): Promise<VisitedPage> {
    const { status, body } = await ask({ port: this.httpPort, host: DOMAIN, target: path });
    assert.equal(status, 200);
    const host = `${flatLabel(path, () => '')}.${DOMAIN}`;
    return { host, urlPath: path, digest: createHash('sha256').update(body).digest('hex') };
  }
}
