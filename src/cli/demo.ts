import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../clock.js';
import { formatProblem } from '../problem.js';
import { parseAddressPool } from '../scale/address-pool.js';
import { createLogger } from '../telemetry/log.js';
import { type Daemon, startDaemon } from './daemon/daemon.js';
import { Releasers } from './daemon/releasers.js';
import type { DaemonSettings } from './daemon/settings.js';
import { Chronicle } from './demo/chronicle.js';
import { commandsToTry } from './demo/commands.js';
import type { DemoEvent, EventKind } from './demo/event.js';
import { type Load, startLoad } from './demo/load.js';
import { demoPolicy } from './demo/policy.js';
import { freePort } from './demo/ports.js';
import { DEMO_DOMAIN, writeDemoSite } from './demo/site.js';
import { HOT_PAGE, nextPhase, type PhaseName, RAMP_MS, visitRates } from './demo/story.js';
import { type DemoSummary, formatSummary, summarise } from './demo/summary.js';
import { startView } from './demo/terminal.js';
import type { DemoView } from './demo/view.js';
import { type LocalDriver, openDrivers } from './drivers.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { QEMU_DEFAULTS } from './qemu-settings.js';
import { XEN_DEFAULTS } from './xen-settings.js';

export interface DemoOptions {
  /** One round, a summary, and the end. */
  readonly once: boolean;
  /** The summary as JSON on standard output, and nothing else there. */
  readonly json: boolean;
  /** What replicas are. */
  readonly driver: LocalDriver;
}

const WANTED_PORTS = { dns: 5300, http: 8080, admin: 9153 } as const;
const RESOLVERS = 60;
const QUERY_TIMEOUT_MS = 2_000;
const STEP_MS = 50;
const TICK_INTERVAL_MS = 250;
/** Beside the load generator's resolvers, which have 127.53.0.0/16. */
const POOL = ['127.80.0.0/24'];
const EVENTS_KEPT = 10_000;

/** The main job on real packets: a page gets hot, gets servers of its own, and cools down. Resolves to the exit code. */
export async function demo(options: DemoOptions, io: Io): Promise<number> {
  const releasers = new Releasers();
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort());
  try {
    const stage = await setStage(options, releasers, io);
    if (stage === null) return EXIT.problems;
    const summary = await play(stage, options, ended.signal, releasers, io);
    await releasers.release();
    if (!options.once) return EXIT.fine;
    io.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : `\n${formatSummary(summary)}\n`);
    return summary.passed ? EXIT.fine : EXIT.problems;
  } finally {
    await releasers.release();
  }
}

/** Everything that plays a part, up and running. */
interface Stage {
  readonly daemon: Daemon;
  readonly load: Load;
  readonly chronicle: Chronicle;
  readonly settings: DaemonSettings;
  readonly events: DemoEvent[];
  /** Told of each event as it happens. */
  listen(listener: (event: DemoEvent) => void): void;
  say(kind: EventKind, address?: string): void;
}

async function setStage({ driver }: DemoOptions, releasers: Releasers, io: Io): Promise<Stage | null> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-demo-'));
  releasers.add(() => rm(folder, { recursive: true, force: true }));
  const settings = await makeSettings(folder, driver);
  if (!(await canRun(driver, settings, io))) return null;
  const log = createLogger({
    level: settings.logLevel,
    destination: pino.destination(join(folder, 'hotzone.log')),
  });

  const events: DemoEvent[] = [];
  let listener: (event: DemoEvent) => void = () => {};
  const tell = (event: DemoEvent): void => {
    if (events.length >= EVENTS_KEPT) events.shift();
    events.push(event);
    listener(event);
  };
  const say = (kind: EventKind, address?: string): void =>
    tell({ at: systemClock.now(), kind, ...(address === undefined ? {} : { address }) });
  const chronicle = new Chronicle(HOT_PAGE);

  const started = await startDaemon({
    settings,
    clock: systemClock,
    log,
    onEvent: (event) => chronicle.tell(event).forEach(tell),
    onFatal: (error) => {
      throw error;
    },
  });
  if (!started.ok) {
    for (const problem of started.problems) io.stderr.write(`hotzone demo: ${formatProblem(problem)}\n`);
    return null;
  }
  const daemon = started.value;
  releasers.add(() => daemon.close(true));

  const load = await startLoad({
    server: settings.dns[0] ?? { address: '127.0.0.1', port: WANTED_PORTS.dns },
    resolvers: RESOLVERS,
    pages: daemon.controller.state.catalogue
      .all()
      .map(({ page, host }) => ({ host, urlPath: page.urlPath, digest: page.bundle.digest })),
    httpPort: settings.http.port,
    clock: systemClock,
    random: Math.random,
    timeoutMs: QUERY_TIMEOUT_MS,
    onFirstClient: ({ address }) => {
      if (chronicle.isReplica(address)) say('firstClient', address);
    },
  });
  releasers.add(async () => void (await load.stop()));
  const listen = (other: (event: DemoEvent) => void): void => {
    listener = other;
  };
  return { daemon, load, chronicle, settings, events, listen, say };
}

/** Plays the story, once or again and again, until it ends or is ended. */
async function play(
  stage: Stage,
  { once, json }: DemoOptions,
  signal: AbortSignal,
  releasers: Releasers,
  io: Io,
): Promise<DemoSummary> {
  const { load, chronicle, daemon, say, events } = stage;
  const pages = daemon.controller.state.catalogue.all();
  const startedAt = systemClock.now();
  let phase = 'quiet' as PhaseName;
  let phaseAt = startedAt;
  let clientOnReplica = false;

  const view = startView(json ? io.stderr : io.stdout, () => readView(stage, phase, startedAt));
  releasers.add(() => view.stop());
  stage.listen((event) => {
    if (event.kind === 'firstClient') clientOnReplica = true;
    view.event(event);
  });
  const enter = (next: PhaseName): void => {
    if (next === 'surge') say('surgeStarted');
    if (next === 'cooling') say('loadDropped');
    if (next === 'quiet') clientOnReplica = false;
    phase = next;
    phaseAt = systemClock.now();
    const rates = visitRates(
      phase,
      pages.map(({ page }) => page.path),
    );
    for (const { page, host } of pages) load.setRate(host, rates.get(page.path) ?? 0, RAMP_MS);
  };

  enter('quiet');
  while (!signal.aborted && !(once && phase === 'drained')) {
    await setTimeout(STEP_MS, undefined, { signal }).catch(() => undefined);
    const progress = {
      phase,
      phaseMs: systemClock.now() - phaseAt,
      clientOnReplica,
      replicas: chronicle.count,
    };
    const next = nextPhase(progress, !once);
    if (next !== phase) enter(next);
  }
  const counters = await load.stop();
  view.stop();
  return summarise(events, counters);
}

function readView({ daemon, load, settings, events }: Stage, phase: PhaseName, startedAt: number): DemoView {
  const { state } = daemon.controller;
  const now = systemClock.now();
  const hot = state.catalogue.get(HOT_PAGE);
  return {
    domain: settings.domain,
    phase,
    now,
    startedAt,
    pages: state.catalogue.all().map(({ page, host }) => {
      const decision = state.decisions.get(page.path);
      return {
        path: page.path,
        demand: decision?.measured?.stable ?? state.book.load(host, now).demand?.stable ?? null,
        serving: decision?.serving ?? 0,
        desired: decision?.desired ?? 0,
        addresses: daemon.controller.answer(host)?.addresses.map(({ address }) => address) ?? [],
      };
    }),
    events,
    load: load.counters(),
    statusUrl: daemon.admin,
    commands: commandsToTry({
      dns: settings.dns[0] ?? { address: '127.0.0.1', port: WANTED_PORTS.dns },
      host: hot?.page.host ?? settings.domain,
      urlPath: hot?.page.urlPath ?? '/',
      address: daemon.controller.answer(hot?.host ?? '')?.addresses[0]?.address ?? '127.0.0.1',
      httpPort: settings.http.port,
    }),
  };
}

/** Said before the story begins, since without replicas it has no end. */
async function canRun(name: LocalDriver, settings: DaemonSettings, io: Io): Promise<boolean> {
  const pool = parseAddressPool(settings.pool, '--pool');
  if (!pool.ok) throw new Error('the pool of the demo is none');
  const { stateDir, qemu, xen, http } = settings;
  const drivers = openDrivers({ stateDir, port: http.port, pool: pool.value, qemu, xen, onChoice: () => {} });
  const failure = await drivers.find((driver) => driver.name === name)?.check();
  if (failure)
    io.stderr.write(`hotzone demo: ${failure.message}; "hotzone doctor" says what this host lacks\n`);
  return !failure;
}

async function makeSettings(folder: string, driver: LocalDriver): Promise<DaemonSettings> {
  const [dns, http, admin] = await Promise.all(Object.values(WANTED_PORTS).map(freePort));
  const siteDir = join(folder, 'site');
  const policy = join(folder, 'demo.yaml');
  await writeDemoSite(siteDir);
  await writeFile(policy, demoPolicy(driver));
  return {
    domain: DEMO_DOMAIN,
    site: { dir: siteDir, naming: 'post' },
    policies: [policy],
    zoneFile: null,
    nameServers: [{ host: `ns1.${DEMO_DOMAIN}`, addresses: ['127.0.0.1'] }],
    hostmaster: `hostmaster@${DEMO_DOMAIN}`,
    dns: [{ address: '127.0.0.1', port: dns ?? WANTED_PORTS.dns }],
    admin: { address: '127.0.0.1', port: admin ?? WANTED_PORTS.admin },
    adminTokenFile: null,
    http: {
      port: http ?? WANTED_PORTS.http,
      originListen: ['127.0.0.1'],
      originAddresses: ['127.0.0.1'],
      originCounts: null,
    },
    pool: POOL,
    qemu: QEMU_DEFAULTS,
    xen: XEN_DEFAULTS,
    maxInstances: 8,
    maxHourlyCost: null,
    stateDir: join(folder, 'state'),
    tickIntervalMs: TICK_INTERVAL_MS,
    logLevel: 'info',
  };
}
