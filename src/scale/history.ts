import type { DriverName } from '../policy/policy.js';

/**
 * What a page's decisions must remember from one tick to the next. It is kept in the store, so that a restart forgets
 * no stabilization window (knative/serving#4795). All times are monotonic milliseconds.
 */
export interface PageHistory {
  /** Past recommendations before stabilization, oldest first; a value holds until the next one's time. */
  readonly recommendations: readonly { readonly at: number; readonly desired: number }[];
  /** Changes that were acted on, oldest first; positive is up. */
  readonly changes: readonly { readonly at: number; readonly by: number }[];
  /** While now is before it, no decrease; 0 when there is no panic. */
  readonly panicUntil: number;
  /** By placement, failed boots and probes of the page as it is now. */
  readonly failures: Failures;
  /** Since when the demand is below activation, 0 when it is not: `cooldown.toZero` counts from here. */
  readonly inactiveSince: number;
  /** Since when nothing of the metric was measured, 0 when it is, or the policy has no fallback. */
  readonly blindSince: number;
}

/** Failures in a row, and the time of the last one. */
export interface PlacementFailures {
  readonly count: number;
  readonly at: number;
}

export type Failures = Readonly<Partial<Record<DriverName, PlacementFailures>>>;

const NO_FAILURES: Failures = {};

export const NO_HISTORY: PageHistory = {
  recommendations: [],
  changes: [],
  panicUntil: 0,
  failures: NO_FAILURES,
  inactiveSince: 0,
  blindSince: 0,
};

/** Adds a recommendation, and drops what no window of `keepMs` can see any more. */
export function recommend(history: PageHistory, desired: number, keepMs: number, now: number): PageHistory {
  const last = history.recommendations.at(-1);
  // A run of equal recommendations is one entry: its value holds until the next entry.
  const appended: PageHistory['recommendations'] =
    last?.desired === desired ? history.recommendations : [...history.recommendations, { at: now, desired }];
  const recommendations = dropBefore(appended, now - keepMs, true);
  const changes = dropBefore(history.changes, now - keepMs, false);
  const isSame = recommendations === history.recommendations && changes === history.changes;
  return isSame ? history : { ...history, recommendations, changes };
}

export function recordChange(history: PageHistory, by: number, now: number): PageHistory {
  return by === 0 ? history : { ...history, changes: [...history.changes, { at: now, by }] };
}

/**
 * One more failure in a row, of a replica that was planned at `createdAt`. Those that were under way together are one
 * attempt: a driver that is away for a moment must not put a page in quarantine that wants many.
 */
export function recordFailure(
  history: PageHistory,
  { driver, createdAt }: { readonly driver: DriverName; readonly createdAt: number },
  resetAfterMs: number,
  now: number,
): PageHistory {
  const before = history.failures[driver];
  const count =
    before === undefined || now - before.at > resetAfterMs
      ? 1
      : before.count + (createdAt < before.at ? 0 : 1);
  return { ...history, failures: { ...history.failures, [driver]: { count, at: now } } };
}

/** Those of one placement, or of all. */
export function forgetFailures(history: PageHistory, driver?: DriverName): PageHistory {
  if (driver === undefined)
    return countFailures(history) === 0 ? history : { ...history, failures: NO_FAILURES };
  const { [driver]: forgotten, ...rest } = history.failures;
  if (forgotten === undefined) return history;
  return { ...history, failures: Object.keys(rest).length === 0 ? NO_FAILURES : rest };
}

/** In a row, of all placements together. */
export function countFailures({ failures }: PageHistory): number {
  return Object.values(failures).reduce((sum, { count }) => sum + count, 0);
}

/** `holds`: the last entry before the limit still speaks for the time after it, so it stays. */
function dropBefore<T extends { readonly at: number }>(
  entries: readonly T[],
  limit: number,
  holds: boolean,
): readonly T[] {
  const firstInside = entries.findIndex((entry) => entry.at >= limit);
  const keepFrom = firstInside === -1 ? entries.length : firstInside;
  const from = Math.max(0, holds ? keepFrom - 1 : keepFrom);
  return from === 0 ? entries : entries.slice(from);
}
