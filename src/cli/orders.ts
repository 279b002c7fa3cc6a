import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { parseDuration } from '../policy/duration.js';
import { LOG_LEVELS } from '../telemetry/log.js';
import { DEFAULT_ADMIN_URL, orderDaemon, reportFailure } from './admin-client.js';
import { type TokenSource, tokenFrom } from './admin-token-source.js';
import { findsDaemon } from './config/daemon-place.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { parseCount, reportProblems } from './options.js';
import { oneLine } from './table.js';

/** An order to a running daemon, as its API takes it. */
export interface OrderOptions extends TokenSource {
  readonly command: 'pin' | 'unpin' | 'pause' | 'resume' | 'drain' | 'release' | 'log-level' | 'log-queries';
  readonly body: Readonly<Record<string, string | number | null>>;
  readonly url: string;
  readonly json: boolean;
}

const doneAnswer = z.looseObject({ done: z.array(z.string()) });

/** Has the daemon do it, and prints what is the case now; resolves to the exit code. */
export async function order({ command, body, url, json, ...source }: OrderOptions, io: Io): Promise<number> {
  const token = tokenFrom(source, process.env);
  if (!token.ok) return reportProblems(command, token.problems, io);
  const answer = await orderDaemon(url, `/api/v1/${command}`, body, token.value, doneAnswer);
  if (!answer.ok) return reportFailure(answer, io);
  if (json) io.stdout.write(`${JSON.stringify(answer.value, null, 2)}\n`);
  else io.stdout.write(answer.value.done.map((line) => `${oneLine(line)}\n`).join(''));
  return EXIT.fine;
}

interface CommonOptions {
  readonly url: string;
  readonly state: string;
  readonly tokenFile?: string;
  readonly json: boolean;
}

/** `hotzone pin`, `unpin`, `pause`, `resume`, `drain`, `release` and `log`, with their options. */
export function orderCommands(run: (options: OrderOptions) => Promise<void>): readonly Command[] {
  const give = async (
    command: OrderOptions['command'],
    body: OrderOptions['body'],
    { url, state, tokenFile, json }: CommonOptions,
  ): Promise<void> => run({ command, body, url, json, stateDir: state, tokenFile: tokenFile ?? null });
  const page = 'its path in the site, such as /index.html';
  return [
    common(new Command('pin'))
      .summary('have a page keep a number of replicas, whatever its load is')
      .description(
        'The page gets N replicas and keeps them until "hotzone unpin" or the end of --for. A pin wins over the load, ' +
          "the pace and the policy's minReplicas and maxReplicas; budgets, the maxReplicas of placements, back-off and " +
          'a dry run still hold. It outlives the daemon.',
      )
      .argument('<page>', page)
      .argument('<n>', 'replicas; 0: the origin serves it alone', parseCount)
      .addOption(forOption())
      .action(async (path, replicas, options) =>
        give('pin', { page: path, replicas, for: options.for ?? null }, options),
      ),
    common(new Command('unpin'))
      .summary('let the policy decide on a page again')
      .description("Ends the page's pin; from there its policy scales it, at its pace.")
      .argument('<page>', page)
      .action(async (path, options) => give('unpin', { page: path }, options)),
    common(new Command('pause'))
      .summary('leave a page, or every page, as it is')
      .description(
        'Nothing boots and nothing is taken away until "hotzone resume" or the end of --for; pins wait as well. ' +
          'Replicas that fail, or whose page has changed, still leave the answers. It outlives the daemon.',
      )
      .argument('[page]', `${page}; every page unless given`)
      .addOption(forOption())
      .action(async (path, options) =>
        give('pause', { page: path ?? null, for: options.for ?? null }, options),
      ),
    common(new Command('resume'))
      .summary('end a pause')
      .description(
        'Ends the pause of the page; without PAGE that of every page, and pages paused alone stay so.',
      )
      .argument('[page]', page)
      .action(async (path, options) => give('resume', { page: path ?? null }, options)),
    common(new Command('drain'))
      .summary('take one replica away')
      .description(
        'The replica leaves the answers, drains, and ends. Another takes its place if the load asks for it, unless its ' +
          'page is paused, or pinned at fewer.',
      )
      .argument('<id>', 'of the replica, or its first characters; "hotzone explain PAGE" has it')
      .action(async (id, options) => give('drain', { id }, options)),
    common(new Command('release'))
      .summary('let a page out of quarantine')
      .description('Forgets that its replicas have failed: it need not wait before it boots again.')
      .argument('<page>', page)
      .action(async (path, options) => give('release', { page: path }, options)),
    logCommand(give),
  ];
}

type Give = (
  command: OrderOptions['command'],
  body: OrderOptions['body'],
  options: CommonOptions,
) => Promise<void>;

/** What a daemon logs, while it runs; one that is started anew logs what its settings say. */
function logCommand(give: Give): Command {
  const log = new Command('log').summary('have a running daemon log more, or less, for a while');
  log.addCommand(
    common(new Command('level'))
      .summary('how much is logged')
      .addArgument(new Argument('<level>', 'as for "hotzone serve --log-level"').choices(LOG_LEVELS))
      .addOption(logForOption('until the daemon ends unless given'))
      .action(async (level, options) => give('log-level', { level, for: options.for ?? null }, options)),
  );
  log.addCommand(
    common(new Command('queries'))
      .summary('log every query for a name')
      .description(
        'Logs who asks for NAME, and what is answered: up to 1000 lines a second, and how many were more.',
      )
      .argument('[name]', 'a name of the zone, or the path of a page; nothing ends it')
      .addOption(logForOption('10m unless given, 24h at most'))
      .action(async (name, options) =>
        give('log-queries', { name: name ?? null, for: options.for ?? null }, options),
      ),
  );
  return log;
}

function logForOption(otherwise: string): Option {
  return new Option('--for <duration>', `e.g. 10m or 1h30m; ${otherwise}`).argParser(parseFor);
}

function common(command: Command): Command {
  return findsDaemon(command)
    .option('--url <url>', "the daemon's admin server", DEFAULT_ADMIN_URL)
    .option('--token-file <file>', 'the admin token, unless HOTZONE_ADMIN_TOKEN or the state folder has it')
    .option('--state <dir>', "the daemon's state folder", process.env.STATE_DIRECTORY ?? '.hotzone')
    .option('--json', 'the answer for scripts', false);
}

/** By the wall clock: a reboot does not stop it, and a clock that is set moves the end with it. */
function forOption(): Option {
  return new Option(
    '--for <duration>',
    'until then by the wall clock, also over a restart, e.g. 2h or 1h30m',
  ).argParser(parseFor);
}

function parseFor(text: string): string {
  if ((parseDuration(text) ?? 0) <= 0)
    throw new InvalidArgumentError('Expected a duration, e.g. 2h or 1h30m.');
  return text;
}
