import { round } from '../../scale/metric.js';
import type { TraceWorkload } from '../../simulate/from-trace.js';
import type { PageFigures } from '../../simulate/page-tally.js';
import type { Trace } from '../../trace/trace.js';
import { formatTable } from '../table.js';
import type { Outcome } from './run.js';
import type { Totals } from './totals.js';

const PAGES_SHOWN = 10;

/** A figure's name and how it reads; the same ones in the text and in the report. */
export const FIGURES: readonly {
  readonly title: string;
  readonly about: string;
  readonly of: (totals: Totals) => string;
}[] = [
  {
    title: 'replica-hours',
    about: 'replicas that existed, those included that booted or drained',
    of: ({ replicaHours }) => round(replicaHours),
  },
  {
    title: 'above need',
    about: 'of these, more than ceil(demand / target)',
    of: ({ excessHours }) => round(excessHours),
  },
  { title: 'most at once', about: 'replicas of all pages', of: ({ peakReplicas }) => String(peakReplicas) },
  {
    title: 'cost',
    about: 'money, by the prices of the placements',
    of: ({ cost }) => (cost === 0 ? 'none' : cost.toFixed(2)),
  },
  {
    title: 'too few',
    about: 'time in which demand was over target × replicas, tolerance included',
    of: ({ shortSeconds }) => duration(shortSeconds),
  },
  {
    title: 'reaction',
    about: 'from such a moment to an answer with a new address: median, and the slowest',
    of: ({ medianReaction, slowestReaction }) =>
      medianReaction === null || slowestReaction === null
        ? 'none'
        : `${duration(medianReaction)}, ${duration(slowestReaction)}`,
  },
  {
    title: 'overloaded',
    about: 'visits at a server (the origin is one) that had more than its target over 10 s',
    of: ({ overloaded }) => percent(overloaded),
  },
  {
    title: 'met nobody',
    about: 'visits whose cached address had no server any more',
    of: ({ lost }) => percent(lost),
  },
  {
    title: 'changes/hour',
    about: 'changes of the number of replicas, over all pages',
    of: ({ changesPerHour }) => round(changesPerHour),
  },
];

/** What the trace is, and what of it cannot be known. */
export function describeTrace(
  trace: Trace,
  workload: TraceWorkload,
  format: string,
  ttlMs: number,
): string[] {
  const { notes } = workload;
  const hours = workload.durationMs / 3_600_000;
  const lines = [
    `${notes.queries} queries for ${workload.pages.length} pages in ${round(hours)} h, read as ${format}, from ${new Date(workload.startedAt).toISOString()}`,
    `guessed from them: the visits behind ${notes.caches} caches (for one page each), with a TTL of ${duration(ttlMs / 1_000)} in the recorded answers (--trace-ttl); ${notes.clients} sources look like clients without a cache`,
  ];
  if (notes.saturated > 0)
    lines.push(
      `cannot be known: ${notes.saturated} of the caches asked again as soon as they could, so what they hid may have been any number above the guess`,
    );
  if (notes.otherTypes > 0) lines.push(`left out: ${notes.otherTypes} queries of types that no visit needs`);
  if (notes.strangers > 0) {
    const names = notes.strangerNames.map(({ name, queries }) => `${name} (${queries})`).join(', ');
    lines.push(`left out: ${notes.strangers} queries for names that are no page, most of all ${names}`);
  }
  for (const { from, to } of notes.holes)
    lines.push(
      `hole: nothing was logged for ${duration((to - from) / 1_000)} from ${new Date(from).toISOString()}; nothing is measured or judged there`,
    );
  for (const { line, milliseconds } of trace.notes.clockSteps)
    lines.push(`line ${line}: the clock went back by ${duration(milliseconds / 1_000)}; taken to go on`);
  const { unreadable, examples, lines: total } = trace.notes;
  if (unreadable > 0) {
    lines.push(`unreadable: ${unreadable} of ${total} lines`);
    for (const { line, reason } of examples) lines.push(`  line ${line}: ${reason}`);
  }
  return lines;
}

/** One column a contender. */
export function comparison(outcomes: readonly Outcome[], width: number | undefined): string {
  return formatTable(
    [{ title: '' }, ...outcomes.map(({ contender }) => ({ title: contender.name, align: 'right' as const }))],
    FIGURES.map(({ title, of }) => [title, ...outcomes.map(({ totals }) => of(totals))]),
    width,
  );
}

/** The pages with most replicas. */
export function pageTable({ figures }: Outcome, width: number | undefined): string {
  const hot = hottest(figures).slice(0, PAGES_SHOWN);
  return formatTable(
    [
      { title: 'PAGE' },
      { title: 'POLICY' },
      ...['VISITS', 'REPLICA-H', 'MOST', 'TOO FEW', 'CHANGES'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    hot.map((page) => [
      page.path,
      page.policy ?? '',
      String(page.visits),
      round(page.replicaSeconds / 3_600),
      String(page.peakReplicas),
      duration(page.shortSeconds),
      String(page.changes),
    ]),
    width,
  );
}

/** Those that a policy has, the one with most replica-hours first. */
export function hottest(figures: readonly PageFigures[]): readonly PageFigures[] {
  return figures
    .filter(({ policy }) => policy !== null)
    .toSorted((a, b) => b.replicaSeconds - a.replicaSeconds || b.visits - a.visits);
}

export function duration(seconds: number): string {
  if (seconds < 120) return `${round(seconds)} s`;
  return seconds < 7_200 ? `${round(seconds / 60)} min` : `${round(seconds / 3_600)} h`;
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}
