import type { DemoEvent, EventKind } from './event.js';
import type { LoadCounters } from './tally.js';

/** How the demo went; all times in milliseconds, `null` where something did not happen. */
export interface DemoSummary {
  readonly passed: boolean;
  /** Why it did not pass, in words. */
  readonly problems: readonly string[];
  /** From the surge to its detection. */
  readonly detectionMs: number | null;
  /** Of the first replica that served: from its boot to its first good probe. */
  readonly bootMs: number | null;
  /** From the first serving replica to the first answer with its address. */
  readonly publicationMs: number | null;
  /** From the first publication to the first client that a replica served. */
  readonly firstClientMs: number | null;
  /** The longest time from a withdrawn address to the end of its replica. */
  readonly drainMs: number | null;
  /** From the first event to the last. */
  readonly totalMs: number;
  readonly replicas: number;
  readonly queries: { readonly sent: number; readonly lost: number };
  readonly requests: { readonly ok: number; readonly failed: number };
}

export const TIME_LIMIT_MS = 60_000;

/** What has to have happened, and how to say that it did not. */
const NEEDED: readonly (readonly [EventKind, string])[] = [
  ['surgeStarted', 'no surge began'],
  ['surgeDetected', 'the surge was not detected'],
  ['replicaBooting', 'no replica booted'],
  ['replicaServing', 'no replica served'],
  ['published', 'no address was published'],
  ['firstClient', 'no client reached a replica'],
  ['loadDropped', 'the load never dropped'],
  ['withdrawn', 'no address was withdrawn'],
  ['replicaGone', 'no replica was drained and gone'],
];

export function summarise(events: readonly DemoEvent[], load: LoadCounters): DemoSummary {
  const story = [...events].sort((a, b) => a.at - b.at);
  const first = (kind: EventKind) => story.find((event) => event.kind === kind);
  const serving = first('replicaServing');
  const booting = story.find(
    (event) => event.kind === 'replicaBooting' && event.replica === serving?.replica,
  );
  const totalMs = span(story.at(0), story.at(-1)) ?? 0;
  const problems = [
    ...NEEDED.filter(([kind]) => first(kind) === undefined).map(([, words]) => words),
    ...orderProblems(story),
    ...leftovers(story),
    ...loadProblems(load),
    ...(totalMs > TIME_LIMIT_MS
      ? [`it took ${Math.round(totalMs / 1_000)} s, more than ${TIME_LIMIT_MS / 1_000} s`]
      : []),
  ];
  return {
    passed: problems.length === 0,
    problems,
    detectionMs: span(first('surgeStarted'), first('surgeDetected')),
    bootMs: span(booting, serving),
    publicationMs: span(serving, first('published')),
    firstClientMs: span(first('published'), first('firstClient')),
    drainMs: longestDrain(story),
    totalMs,
    replicas: replicasOf(story, 'replicaBooting').size,
    queries: { sent: load.queries.sent, lost: load.queries.lost },
    requests: { ok: load.requests.ok, failed: load.requests.failed },
  };
}

function span(from: DemoEvent | undefined, to: DemoEvent | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.round((to.at - from.at) * 10) / 10;
}

/** A client can only know an address that was published, and only a replica that serves may be. */
function orderProblems(story: readonly DemoEvent[]): string[] {
  const published = new Set<string>();
  const serving = new Set<string>();
  const problems: string[] = [];
  for (const { kind, address, replica } of story) {
    if (kind === 'replicaServing' && replica !== undefined) serving.add(replica);
    if (kind === 'published') {
      if (replica !== undefined && !serving.has(replica))
        problems.push(`${address ?? replica} was published before its replica served`);
      if (address !== undefined) published.add(address);
    }
    if (kind === 'firstClient' && address !== undefined && !published.has(address))
      problems.push(`a client reached ${address} before it was published`);
  }
  return problems;
}

function leftovers(story: readonly DemoEvent[]): string[] {
  const withdrawn = replicasOf(story, 'withdrawn');
  const failed = replicasOf(story, 'replicaFailed');
  const gone = new Set([...replicasOf(story, 'replicaGone'), ...failed]);
  return [
    ...[...replicasOf(story, 'published')]
      .filter((replica) => !withdrawn.has(replica) && !failed.has(replica))
      .map((replica) => `the address of replica ${replica} was not withdrawn`),
    ...[...replicasOf(story, 'replicaBooting')]
      .filter((replica) => !gone.has(replica))
      .map((replica) => `replica ${replica} is still there`),
  ];
}

function loadProblems(load: LoadCounters): string[] {
  const { queries, requests, visits } = load;
  const [worst] = [...load.failures].sort((a, b) => b[1] - a[1]);
  const example = worst === undefined ? '' : `, e.g. ${worst[0]}`;
  return [
    ...(queries.sent === 0 ? ['no query was sent'] : []),
    ...(requests.ok === 0 ? ['no request was served'] : []),
    ...(queries.lost > 0 ? [`${queries.lost} of ${queries.sent} queries were lost${example}`] : []),
    ...(queries.refused > 0 ? [`${queries.refused} answers had no address${example}`] : []),
    ...(requests.failed > 0 ? [`${requests.failed} of ${requests.sent} requests failed${example}`] : []),
    ...(visits.failed > 0 ? [`${visits.failed} of ${visits.started} visits failed${example}`] : []),
  ];
}

function longestDrain(story: readonly DemoEvent[]): number | null {
  const drains = [...replicasOf(story, 'withdrawn')]
    .map((replica) => {
      const of = (kind: EventKind) => story.find((event) => event.kind === kind && event.replica === replica);
      return span(of('withdrawn'), of('replicaGone'));
    })
    .filter((drain) => drain !== null);
  return drains.length === 0 ? null : Math.max(...drains);
}

function replicasOf(story: readonly DemoEvent[], kind: EventKind): ReadonlySet<string> {
  return new Set(
    story.flatMap((event) => (event.kind === kind && event.replica !== undefined ? [event.replica] : [])),
  );
}

/** The summary for people; for scripts it is JSON as it is. */
export function formatSummary(summary: DemoSummary): string {
  const time = (value: number | null) =>
    value === null ? 'never' : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  const lines: readonly (readonly [string, string])[] = [
    ['detection', `${time(summary.detectionMs)} after the surge began`],
    ['boot', `${time(summary.bootMs)} until the first replica served`],
    ['publication', `${time(summary.publicationMs)} later its address was in the answers`],
    ['first client', `${time(summary.firstClientMs)} later a client was on a replica`],
    ['drain', `${time(summary.drainMs)} from the answers to the end, at most`],
    ['replicas', `${summary.replicas} came`],
    ['queries', `${summary.queries.sent} sent, ${summary.queries.lost} lost`],
    ['requests', `${summary.requests.ok} served, ${summary.requests.failed} failed`],
    ['total', `${(summary.totalMs / 1_000).toFixed(1)} s`],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    ...lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
    ...summary.problems.map((problem) => `problem: ${problem}`),
    summary.passed ? 'passed: all of it happened, and nothing was lost' : 'failed',
    '',
  ].join('\n');
}
