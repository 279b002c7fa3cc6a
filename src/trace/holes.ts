import type { Trace } from './trace.js';

/** A time for which the log says nothing, although there was something to say before it and after it. */
export interface Hole {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

const SHORTEST_HOLE_MS = 10_000;
/** So many queries were to be expected: none comes by chance once in exp(20), about 5 × 10^8, such times. */
const EXPECTED_MIN = 20;
/** The rate around a pause is taken over so many queries on each side. */
const NEIGHBOURS = 50;
const NEIGHBOURS_MIN = 10;

/**
 * Where the log has a hole: a pause that the rate before it and the rate after it both make all but impossible. The
 * pause of a quiet night is none, because the queries around it are rare too.
 */
export function findHoles({ times }: Trace): readonly Hole[] {
  const holes: Hole[] = [];
  for (let next = 1; next < times.length; next += 1) {
    const from = times[next - 1] ?? 0;
    const to = times[next] ?? 0;
    if (to - from < SHORTEST_HOLE_MS) continue;
    const before = rate(times, Math.max(0, next - 1 - NEIGHBOURS), next - 1);
    const after = rate(times, next, Math.min(times.length - 1, next + NEIGHBOURS));
    if (Math.min(before, after) * (to - from) > EXPECTED_MIN) holes.push({ from, to });
  }
  return holes;
}

/** Queries per millisecond from one query to another; 0 where these are too few to tell. */
function rate(times: Float64Array, first: number, last: number): number {
  const queries = last - first;
  if (queries < NEIGHBOURS_MIN) return 0;
  return queries / Math.max(1, (times[last] ?? 0) - (times[first] ?? 0));
}
