import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { openSiteFolder } from '../content/site-folder.js';
import { formatProblem, type Problem } from '../problem.js';
import { openCountsSocket } from '../server/counts-socket.js';
import { startOrigin } from '../server/origin.js';
import type { NamingScheme } from '../site/page.js';
import { createLogger, LOG_LEVELS, type LogLevel } from '../telemetry/log.js';
import { orRefuse, Refused, refusing } from './daemon/refusal.js';
import { Releasers } from './daemon/releasers.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { parseAddress, parseDomain, parsePort, several, wildcardProblems } from './options.js';
import { progressLine } from './progress-line.js';

export interface OriginSettings {
  readonly domain: string;
  readonly site: string;
  readonly naming: NamingScheme;
  readonly httpPort: number;
  readonly listen: readonly string[];
  /** Path of the Unix socket at which requests are told; null: nobody is told. */
  readonly counts: string | null;
  readonly state: string;
  readonly logLevel: LogLevel;
}

/** `hotzone origin` with its options; `run` gets them as settings. */
export function originCommand(run: (settings: OriginSettings) => Promise<void>): Command {
  return new Command('origin')
    .summary('be the origin of a site, as a program of its own')
    .description(
      'Serves the whole site, so that it goes on when the daemon ends and its load never delays a decision. ' +
        'Give the same site, domain, naming and port to "hotzone serve --external-origin".',
    )
    .requiredOption('--domain <name>', 'the zone; every page gets a name in it', parseDomain)
    .requiredOption('--site <dir>', 'the folder of static files')
    .addOption(
      new Option('--naming <scheme>', 'how pages are named').choices(['flat', 'post']).default('flat'),
    )
    .option('--http-port <port>', 'of the origin and of every replica', parsePort, 80)
    .option('--listen <address>', 'where it listens; may be repeated', several(parseAddress), ['127.0.0.1'])
    .option(
      '--counts <socket>',
      'a Unix socket to tell the requests for each page at, for "hotzone serve --origin-counts"',
    )
    .option(
      '--state <dir>',
      'where built pages are kept; may be that of the daemon',
      process.env.STATE_DIRECTORY ?? '.hotzone',
    )
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(LOG_LEVELS).default('info'))
    .action(async ({ counts, ...options }) => run({ ...options, counts: counts ?? null }));
}

/** Runs until a signal ends it; resolves to the exit code. */
export async function origin(settings: OriginSettings, io: Io): Promise<number> {
  const releasers = new Releasers();
  try {
    await open(settings, io, releasers);
  } catch (error) {
    await releasers.release();
    if (!(error instanceof Refused)) throw error;
    for (const problem of error.problems) io.stderr.write(`hotzone: ${formatProblem(problem)}\n`);
    return EXIT.problems;
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await releasers.release();
  return EXIT.fine;
}

async function open(settings: OriginSettings, io: Io, releasers: Releasers): Promise<void> {
  const { domain, httpPort } = settings;
  const problems = wildcardProblems('--listen', settings.listen, httpPort);
  if (problems.length > 0) throw new Refused(problems);
  const log = createLogger({ level: settings.logLevel });
  const site = orRefuse(
    await openSiteFolder({
      dir: settings.site,
      domain,
      naming: settings.naming,
      scheme: 'http',
      port: httpPort,
      bundleDir: join(resolve(settings.state), 'bundles'),
      onProgress: progressLine(io.stderr, 'pages built'),
    }),
  );
  releasers.add(() => site.close());
  const server = await refusing('--listen', () =>
    startOrigin({ listen: settings.listen.map((address) => ({ address, port: httpPort })), domain }),
  );
  releasers.add(() => server.close());
  server.replace({ added: [...site.pages().values()], changed: [], removed: [] });
  const { counts } = settings;
  if (counts !== null) {
    // After the addresses, which only one origin can have: a socket that is there is then a dead one's.
    const socket = await refusing('--counts', () =>
      openCountsSocket(counts, (after) => server.counts(after)),
    );
    releasers.add(() => void socket.close());
  }
  site.watch({
    onChange: (change) => server.replace(change),
    onProblems: (found: readonly Problem[]) => {
      for (const problem of found)
        log.error({ problem: formatProblem(problem) }, 'the site cannot be read; the last good one stays');
    },
  });
  log.info({ domain, http: server.addresses, counts }, 'ready');
}
