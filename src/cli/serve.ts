import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { systemClock } from '../clock.js';
import { formatProblem, type Problem } from '../problem.js';
import { createLogger, LOG_LEVELS, type Logger } from '../telemetry/log.js';
import { type Daemon, startDaemon } from './daemon/daemon.js';
import type { DaemonSettings } from './daemon/settings.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import {
  parseAddress,
  parseCount,
  parseDomain,
  parseListen,
  parseNameServer,
  parsePort,
  several,
  wildcardProblems,
} from './options.js';
import { progressLine } from './progress-line.js';
import { qemuSettings, withQemuOptions } from './qemu-settings.js';
import { PACKAGE_DIR } from './version.js';
import { withXenOptions, type XenOptions, xenSettings } from './xen-settings.js';

export type ServeSettings = DaemonSettings & { readonly stopReplicas: boolean };

const TICK_INTERVAL_MS = 1_000;

/** `hotzone serve` with its options; `run` gets them as settings. */
export function serveCommand(run: (settings: ServeSettings) => Promise<void>): Command {
  const command = new Command('serve')
    .summary('be the name server of a site, and scale its pages')
    .description(
      'Answers for DOMAIN and its pages, serves the site as its origin, and boots replicas for pages that get hot.',
    )
    .requiredOption('--domain <name>', 'the zone; every page gets a name in it', parseDomain)
    .requiredOption('--site <dir>', 'the folder of static files')
    .addOption(
      new Option('--naming <scheme>', 'how pages are named').choices(['flat', 'post']).default('flat'),
    )
    .option('--policy <path...>', 'policy files, and folders of them', [join(PACKAGE_DIR, 'policies')])
    .option('--listen <address:port>', 'where DNS is answered; may be repeated', several(parseListen), [
      { address: '127.0.0.1', port: 53 },
    ])
    .option('--zone-file <file>', "the operator's own records beside the pages")
    .option(
      '--name-server <host=address,...>',
      'an NS record, with addresses for a name within the zone; may be repeated',
      several(parseNameServer),
    )
    .option('--hostmaster <mail>', 'the SOA record’s mailbox; hostmaster@DOMAIN unless given')
    .option('--http-port <port>', 'of the origin and of every replica', parsePort, 80)
    .option('--origin-listen <address>', 'where the origin listens; may be repeated', several(parseAddress), [
      '127.0.0.1',
    ])
    .option(
      '--origin-address <address>',
      'what is answered for the origin, unless it is where it listens; may be repeated',
      several(parseAddress),
    )
    .option('--external-origin', 'another program is the origin, at --origin-address (see hotzone origin)')
    .option(
      '--origin-counts <socket>',
      'where that program tells its requests (its --counts); without it DNS alone tells of demand, and only the ' +
        'requests of replicas are known, so policies of httpRequestRate boot none',
    )
    .option('--pool <prefix...>', 'addresses for replicas', ['127.77.0.0/16'])
    .option('--max-instances <n>', 'replicas at most, all policies together', parseCount, 100)
    .option('--admin <address:port>', 'status page, API and metrics', parseListen, {
      address: '127.0.0.1',
      port: 9153,
    })
    .option(
      '--admin-token-file <file>',
      'holds the token of those who may pin, pause and drain; made as admin-token below --state unless given',
    )
    .option('--state <dir>', 'what must outlive the daemon', process.env.STATE_DIRECTORY ?? '.hotzone')
    .option('--stop-replicas', 'end the replicas with the daemon, instead of leaving them to the next one')
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(LOG_LEVELS).default('info'));
  return withXenOptions(withQemuOptions(command)).action(async (options) => run(settingsOf(options)));
}

/** Runs until a signal ends it; resolves to the exit code. SIGHUP looks at policies and zone file again. */
export async function serve(settings: ServeSettings, io: Io): Promise<number> {
  const problems = settingsProblems(settings);
  if (problems.length > 0) return refuse(problems, io);
  const log = createLogger({ level: settings.logLevel });
  let end: (how: 'signal' | 'fatal') => void = () => {};
  const ended = new Promise<'signal' | 'fatal'>((resolve) => {
    end = resolve;
  });
  const started = await startDaemon({
    settings,
    clock: systemClock,
    log,
    onProgress: progressLine(io.stderr, 'pages built'),
    onFatal: (error) => {
      log.fatal({ err: error }, 'the name server has died');
      end('fatal');
    },
  });
  if (!started.ok) return refuse(started.problems, io);
  const daemon = started.value;
  // Not once: a terminal's signal comes by npm too, and the second one must not cut the end short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end('signal'));
  process.on('SIGHUP', () => void reload(daemon, log));
  // Said last: whoever reads it may send a signal at once.
  log.info({ domain: settings.domain, dns: daemon.dns, admin: daemon.admin }, 'ready');
  const how = await ended;
  await daemon.close(settings.stopReplicas);
  log.info({ how }, 'ended');
  return how === 'signal' ? EXIT.fine : EXIT.problems;
}

async function reload(daemon: Daemon, log: Logger): Promise<void> {
  const problems = await daemon.reload();
  for (const problem of problems)
    log.error({ problem: formatProblem(problem) }, 'not reloaded; the last good one stays');
  if (problems.length === 0) log.info('reloaded');
}

function refuse(problems: readonly Problem[], io: Io): number {
  for (const problem of problems) io.stderr.write(`hotzone: ${formatProblem(problem)}\n`);
  return EXIT.problems;
}

function settingsProblems({ http }: DaemonSettings): readonly Problem[] {
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

interface Options extends XenOptions {
  readonly domain: string;
  readonly site: string;
  readonly naming: 'flat' | 'post';
  readonly policy: readonly string[];
  readonly listen: DaemonSettings['dns'];
  readonly zoneFile?: string;
  readonly nameServer?: DaemonSettings['nameServers'];
  readonly hostmaster?: string;
  readonly httpPort: number;
  readonly originListen: readonly string[];
  readonly originAddress?: readonly string[];
  readonly externalOrigin?: true;
  readonly originCounts?: string;
  readonly pool: readonly string[];
  readonly qemu: string;
  readonly kernel: string;
  readonly bridge?: string;
  readonly cgroup?: string;
  readonly maxInstances: number;
  readonly admin: DaemonSettings['admin'];
  readonly adminTokenFile?: string;
  readonly state: string;
  readonly stopReplicas?: true;
  readonly logLevel: DaemonSettings['logLevel'];
}

function settingsOf(options: Options): ServeSettings {
  const { domain, listen } = options;
  const originListen = options.externalOrigin ? [] : options.originListen;
  const ownAddresses = listen.map(({ address }) => address);
  return {
    domain,
    site: { dir: options.site, naming: options.naming },
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
    // Bundles are known by their path, which must not depend on where the next daemon is started.
    stateDir: resolve(options.state),
    tickIntervalMs: TICK_INTERVAL_MS,
    logLevel: options.logLevel,
    stopReplicas: options.stopReplicas ?? false,
  };
}
