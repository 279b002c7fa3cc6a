import { formatDuration, formatRate } from '../server/admin/format.js';
import { type AskOptions, askDaemon, reportFailure } from './admin-client.js';
import { EXIT } from './exit.js';
import { type Io, terminalWidth } from './io.js';
import { formatTable, oneLine } from './table.js';
import {
  type PageAnswerRow,
  pagesAnswer,
  type ReplicaRow,
  replicasAnswer,
  type StatusAnswer,
  statusAnswer,
} from './views.js';

/** Enough of an id to tell replicas apart. */
const ID_SHOWN = 8;
/** Pages that fit on a screen; --json has as many as the API gives. */
const PAGES_SHOWN = 20;

/** `hotzone status`: what is hot and what serves it; resolves to the exit code, 1 when the control loop stands still. */
export async function status(options: AskOptions, io: Io): Promise<number> {
  const top = options.json ? {} : { top: String(PAGES_SHOWN) };
  const [daemon, pages, replicas] = await Promise.all([
    askDaemon(options.url, '/api/v1/status', {}, statusAnswer),
    askDaemon(options.url, '/api/v1/pages', top, pagesAnswer),
    askDaemon(options.url, '/api/v1/replicas', {}, replicasAnswer),
  ]);
  if (!daemon.ok) return reportFailure(daemon, io);
  if (!pages.ok) return reportFailure(pages, io);
  if (!replicas.ok) return reportFailure(replicas, io);

  if (options.json) {
    const report = { status: daemon.value, ...pages.value, ...replicas.value };
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const width = terminalWidth(io.stdout);
    io.stdout.write(
      [
        summary(daemon.value),
        pageTable(pages.value.pages, width) + colder(pages.value.total - pages.value.pages.length),
        replicaTable(replicas.value.replicas, width),
      ].join('\n'),
    );
  }
  if (daemon.value.healthy) return EXIT.fine;
  io.stderr.write(`${options.url}: the control loop stands still; the log of the daemon says why\n`);
  return EXIT.problems;
}

/** The daemon in a few lines. */
export function summary({
  zone,
  serial,
  version,
  uptimeSeconds,
  counts,
  budget,
  orders,
}: StatusAnswer): string {
  return [
    `${oneLine(zone)}  serial ${serial}  hotzone ${oneLine(version)}  up ${formatDuration(uptimeSeconds)}`,
    `${counts.pages} pages, ${counts.hotPages} hot; replicas: ${counts.serving} serving, ${counts.booting} booting, ` +
      `${counts.draining} draining, ${counts.failed} failed; budget: ${budget.used} of ${budget.limit}`,
    ...orders.map(orderLine),
    '',
  ].join('\n');
}

function orderLine({ kind, page, replicas, until, by }: StatusAnswer['orders'][number]): string {
  const what = kind === 'pin' ? `pinned at ${replicas}` : 'paused';
  const end = until === null ? '' : ` until ${until}`;
  return oneLine(`by hand: ${page ?? 'every page'} ${what}${end}, by ${by}`);
}

export function pageTable(pages: readonly PageAnswerRow[], width: number | undefined): string {
  return formatTable(
    [
      { title: 'PAGE' },
      { title: 'DEMAND/S', align: 'right' },
      { title: 'TARGET', align: 'right' },
      { title: 'QUERIES/S', align: 'right' },
      { title: 'REQUESTS/S', align: 'right' },
      { title: 'REPLICAS' },
      { title: 'IN THE ANSWER' },
      { title: 'WHY' },
    ],
    pages.map((page) => [
      page.path,
      `${page.demandIsLowerBound ? '≥' : ''}${formatRate(page.demand)}`,
      formatRate(page.target),
      formatRate(page.queryRate),
      formatRate(page.requestRate),
      replicaCounts(page),
      page.addresses.join(' '),
      page.lastReason,
    ]),
    width,
  );
}

/** `3 of 7 +4 −1`: serving of desired, booting, draining. */
function replicaCounts({ serving, desired, booting, draining }: PageAnswerRow): string {
  if (serving + desired + booting + draining === 0) return 'origin';
  return [
    `${serving} of ${desired}`,
    ...(booting > 0 ? [`+${booting}`] : []),
    ...(draining > 0 ? [`−${draining}`] : []),
  ].join(' ');
}

function colder(count: number): string {
  return count > 0 ? `and ${count} colder pages (all of them: --json)\n` : '';
}

/** With as much of each id as `hotzone drain` needs. */
export function replicaTable(replicas: readonly ReplicaRow[], width: number | undefined): string {
  if (replicas.length === 0) return 'no replicas: the origin serves alone\n';
  return formatTable(
    [
      { title: 'REPLICA' },
      { title: 'STATE' },
      { title: 'AGE', align: 'right' },
      { title: 'DRIVER' },
      { title: 'ID' },
      { title: 'PAGE' },
      { title: 'WHY' },
    ],
    replicas.map(({ id, address, state, ageSeconds, driver, page, reason }) => [
      address,
      state,
      formatDuration(ageSeconds),
      driver,
      id.slice(0, ID_SHOWN),
      page,
      reason,
    ]),
    width,
  );
}
