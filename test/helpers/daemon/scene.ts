import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DaemonSettings } from '../../../src/cli/daemon/settings.js';
import { serveCommand } from '../../../src/cli/serve.js';
import { freePort } from '../process-driver.js';
import { DOMAIN, Hotzone, type HotzoneOptions } from './hotzone.js';
import { TESTER } from './name-client.js';
import { killNow, pageServersBelow } from './page-servers.js';

/** Everything short: a surge and its end fit into a few seconds. */
export const QUICK_POLICY = `version: 1
name: quick
match: { pages: ["/**"] }
maxReplicas: 3
metric:
  target: 4
  activation: 2
  stableWindow: 1s
  panic: { window: 300ms, threshold: 2 }
  ignoreClients: ["${TESTER}/32"]
behavior:
  scaleUp: { policies: [{ type: Replicas, value: 4, period: 1s }] }
  scaleDown: { stabilizationWindow: 1s, policies: [{ type: Replicas, value: 4, period: 1s }] }
cooldown: { scaleUp: 0s, scaleDown: 0s, toZero: 0s }
probe: { period: 200ms, timeout: 1s, failureThreshold: 2 }
instance: { bootTimeout: 5s }
backoff: { initial: 500ms, max: 1s }
dns: { ttl: 2s, minTtl: 1s, drain: { gracePeriod: 1s, maxDuration: 10s } }
`;

/** Every page always has one replica. */
export const ONE_EACH_POLICY = QUICK_POLICY.replace('maxReplicas: 3', 'minReplicas: 1\nmaxReplicas: 1');

export function html(text: string): string {
  return `<!doctype html><title>${text}</title><p>${text}</p>\n`;
}

/** What a daemon is started on: a site, policies, a state folder and addresses of its own. It outlives its daemons. */
export class Scene {
  readonly folder: string;
  readonly siteDir: string;
  readonly policyDir: string;
  readonly stateDir: string;
  readonly zoneFile: string;
  readonly originAddress: string;
  /** May be changed before the start. */
  pool: string;
  readonly httpPort: number;
  readonly #daemons: Hotzone[] = [];
  readonly #cleanups: (() => void)[] = [];

  /** Ended with the test, which fails if a page server is left then. */
  static async set(
    t: TestContext,
    files: Readonly<Record<string, string>> = { 'index.html': html('index') },
  ): Promise<Scene> {
    const scene = new Scene(await freePort());
    t.after(() => scene.end());
    for (const [path, text] of Object.entries(files)) scene.writePage(path, text);
    scene.writePolicy('quick.yaml', QUICK_POLICY);
    return scene;
  }

  private constructor(httpPort: number) {
    this.folder = mkdtempSync(join(tmpdir(), 'hotzone-daemon-'));
    this.siteDir = join(this.folder, 'site');
    this.policyDir = join(this.folder, 'policies');
    this.stateDir = join(this.folder, 'state');
    this.zoneFile = join(this.folder, 'zone');
    // Other test files run at the same time, so each scene takes one of 37,500 networks.
    const network = `127.${randomInt(100, 250)}.${randomInt(1, 250)}`;
    this.originAddress = `${network.replace(/\.\d+$/, '')}.251.${randomInt(1, 250)}`;
    this.pool = `${network}.0/24`;
    this.httpPort = httpPort;
    mkdirSync(this.siteDir);
    mkdirSync(this.policyDir);
  }

  /** Resolves when the daemon is ready. */
  async start(options: HotzoneOptions = {}): Promise<Hotzone> {
    const daemon = this.spawn(options);
    await daemon.ready();
    return daemon;
  }

  /** Also for one that is not to become ready. */
  spawn(options: HotzoneOptions = {}): Hotzone {
    const daemon = new Hotzone(this, options);
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Written elsewhere and put in place, as good editors do. */
  writePage(path: string, text: string | Uint8Array): void {
    this.#put(join(this.siteDir, path), text);
  }

  removePage(path: string): void {
    rmSync(join(this.siteDir, path));
  }

  writePolicy(name: string, text: string): void {
    this.#put(join(this.policyDir, name), text);
  }

  writeZoneFile(text: string): void {
    this.#put(this.zoneFile, text);
  }

  /** The options of `hotzone serve` on this scene; those given win. */
  arguments(more: readonly string[] = []): readonly string[] {
    const address = `${this.originAddress}:0`;
    return [
      ...['--domain', DOMAIN, '--site', this.siteDir, '--policy', this.policyDir, '--state', this.stateDir],
      ...['--pool', this.pool, '--http-port', String(this.httpPort), '--origin-listen', this.originAddress],
      ...(more.includes('--listen') ? [] : ['--listen', address]),
      ...(more.includes('--admin') ? [] : ['--admin', address]),
      ...more,
    ];
  }

  /** The same for a daemon within the test's own process. */
  async settings(): Promise<DaemonSettings> {
    let settings: DaemonSettings | undefined;
    const command = serveCommand(
      async (parsed) => {
        settings = parsed;
      },
      () => {},
    );
    await command.parseAsync(this.arguments(), { from: 'user' });
    if (settings === undefined) throw new Error('the options of the scene make no settings');
    return settings;
  }

  pageServers(): ReturnType<typeof pageServersBelow> {
    return pageServersBelow(this.stateDir);
  }

  /** Done after the daemons have ended, and before the scene's folder is removed. */
  atEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** Ends the daemons, and with the last of them every replica; what is left after that is a leak. */
  async end(): Promise<void> {
    try {
      for (const daemon of this.#daemons) await daemon.kill();
      const left = this.pageServers();
      for (const { pid } of left) killNow(pid);
      assert.deepEqual(left, [], 'page servers were left behind');
    } finally {
      for (const cleanup of this.#cleanups) cleanup();
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  #put(file: string, text: string | Uint8Array): void {
    mkdirSync(dirname(file), { recursive: true });
    const draft = join(this.folder, 'draft');
    writeFileSync(draft, text);
    renameSync(draft, file);
  }
}
