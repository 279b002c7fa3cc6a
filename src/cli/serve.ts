import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../clock.js';
import { formatProblem, type Problem } from '../problem.js';
import { formatSocket, takeInheritedSockets } from '../server/inherited-sockets.js';
import { createLogger, type Logger } from '../telemetry/log.js';
import { type ConfigFile, readConfigFile } from './config/config-file.js';
import { FIELD_NAMES, type FieldName, fieldOf } from './config/fields.js';
import { readOptions, type Told, withFields } from './config/options.js';
import { type Daemon, startDaemon } from './daemon/daemon.js';
import type { DaemonSettings } from './daemon/settings.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { type Refuse, wildcardProblems } from './options.js';
import { progressLine } from './progress-line.js';
import { qemuSettings } from './qemu-settings.js';
import { type ServiceManager, takeServiceManager } from './service-manager.js';
import { xenSettings } from './xen-settings.js';

export interface ServeSettings extends DaemonSettings, Pick<Told<FieldName>, 'config' | 'locate'> {
  readonly stopReplicas: boolean;
}

const TICK_INTERVAL_MS = 1_000;

/** `hotzone serve` with its options; `run` gets them as settings. */
export function serveCommand(run: (settings: ServeSettings) => Promise<void>, refuse: Refuse): Command {
  const command = new Command('serve')
    .summary('be the name server of a site, and scale its pages')
    .description(
      'Answers for DOMAIN and its pages, serves the site as its origin, and boots replicas for pages that get hot.',
    );
  return withFields(command, FIELD_NAMES).action(async () => {
    const told = readOptions(command, FIELD_NAMES, ['domain', 'site']);
    if (told.ok) await run(settingsOf(told.value));
    else refuse(told.problems);
  });
}

/** Runs until a signal ends it; resolves to the exit code. SIGHUP looks at policies and zone file again. */
export async function serve(settings: ServeSettings, io: Io): Promise<number> {
  const problems = settingsProblems(settings);
  if (problems.length > 0) return refuse(settings.locate(problems), io);
  const log = createLogger({ level: settings.logLevel });
  let end: (how: 'signal' | 'fatal') => void = () => {};
  const ended = new Promise<'signal' | 'fatal'>((resolve) => {
    end = resolve;
  });
  const manager = takeServiceManager(process.env, log);
  const sockets = takeInheritedSockets(process.env);
  if (sockets.length > 0) log.info({ sockets: sockets.map(formatSocket) }, 'sockets were handed over');
  const started = await startDaemon({
    sockets,
    settings,
    clock: systemClock,
    log,
    onProgress: progressLine(io.stderr, 'pages built'),
    onFatal: (error) => {
      log.fatal({ err: error }, 'the name server has died');
      end('fatal');
    },
  });
  if (!started.ok) return refuse(settings.locate(started.problems), io);
  const daemon = started.value;
  // Not once: a terminal's signal comes by npm too, and the second one must not cut the end short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end('signal'));
  process.on('SIGHUP', () => void reload(daemon, manager, settings.config, log));
  // Said last: whoever reads it may send a signal at once.
  log.info({ domain: settings.domain, dns: daemon.dns, admin: daemon.admin }, 'ready');
  await manager.ready(statusOf(settings));
  manager.watch(daemon.isWell);
  const how = await ended;
  manager.close();
  await manager.stopping();
  await daemon.close(settings.stopReplicas);
  log.info({ how }, 'ended');
  return how === 'signal' ? EXIT.fine : EXIT.problems;
}

async function reload(
  daemon: Daemon,
  manager: ServiceManager,
  config: ConfigFile | null,
  log: Logger,
): Promise<void> {
  await manager.reloading();
  const problems = [...(config === null ? [] : lookAtConfig(config, log)), ...(await daemon.reload())];
  for (const problem of problems)
    log.error({ problem: formatProblem(problem) }, 'not reloaded; the last good one stays');
  if (problems.length === 0) log.info('reloaded');
  await manager.ready(
    problems.length === 0 ? 'reloaded' : 'not reloaded; the last good one stays, and the log says why',
  );
}

/** What is wrong with the file by now. Nothing in it is taken over by a daemon that runs; it says what waits for a restart. */
function lookAtConfig(config: ConfigFile, log: Logger): readonly Problem[] {
  const found = readConfigFile(config.file);
  if (!found.ok) return found.problems;
  const { values } = found.value;
  const textOf = (of: ConfigFile['values'], name: FieldName): string => JSON.stringify(of.get(name) ?? null);
  const changed = FIELD_NAMES.filter((name) => textOf(values, name) !== textOf(config.values, name));
  const keys = changed.map((name) => fieldOf(name).key);
  if (keys.length > 0)
    log.warn({ file: config.file, keys }, 'these settings are others now, and take a restart');
  return [];
}

function statusOf({ domain }: ServeSettings): string {
  return `answers for ${domain}`;
}

function refuse(problems: readonly Problem[], io: Io): number {
  for (const problem of problems) io.stderr.write(`hotzone: ${formatProblem(problem)}\n`);
  return EXIT.problems;
}

/** What no field alone can see. */
export function settingsProblems({ http }: DaemonSettings): readonly Problem[] {
  const problems = wildcardProblems('--origin-listen', http.originListen, http.port);
  if (http.originCounts !== null && http.originListen.length > 0) {
    problems.push({
      where: '--origin-counts',
      message: 'is for an origin that is another program, and this one counts its own requests',
      hint: 'add --external-origin, or leave it out',
    });
  }
  if (http.originAddresses.length === 0) {
    problems.push({
      where: '--origin-address',
      message: 'nothing to answer for the origin',
      hint: 'give its address',
    });
  }
  return problems;
}

export function settingsOf({ values: options, locate, config }: Told<FieldName>): ServeSettings {
  const { listen } = options;
  const domain = String(options.domain);
  const originListen = options.externalOrigin ? [] : options.originListen;
  const ownAddresses = listen.map(({ address }) => address);
  return {
    domain,
    site: { dir: String(options.site), naming: options.naming },
    policies: options.policy,
    zoneFile: options.zoneFile ?? null,
    nameServers: options.nameServer ?? [{ host: `ns1.${domain}`, addresses: ownAddresses }],
    hostmaster: options.hostmaster ?? `hostmaster@${domain}`,
    dns: listen,
    admin: options.admin,
    adminTokenFile: options.adminTokenFile ?? null,
    http: {
      port: options.httpPort,
      originListen,
      originAddresses: options.originAddress ?? originListen,
      originCounts: options.originCounts ?? null,
    },
    pool: options.pool,
    qemu: qemuSettings(options),
    xen: xenSettings(options),
    maxInstances: options.maxInstances,
    maxHourlyCost: options.maxHourlyCost ?? null,
    // Bundles are known by their path, which must not depend on where the next daemon is started.
    stateDir: resolve(options.state),
    tickIntervalMs: TICK_INTERVAL_MS,
    logLevel: options.logLevel,
    stopReplicas: options.stopReplicas,
    config,
    locate,
  };
}
