/** What the queries of one source for one page tell of the visits behind them. */
export interface SourceVisits {
  /** False: it asks again before its answers have run out, so its queries are its visits. */
  readonly caches: boolean;
  /**
   * For each query, the visits per millisecond that were hidden behind its answer. Where the source asked again as soon
   * as it could, they may have been any number above.
   */
  readonly rates: Float64Array;
  readonly isSaturated: boolean;
}

/** Milliseconds by which an expiry may be off: resolvers and logs count in whole seconds. */
const ROUNDING_MS = 500;
/** A re-ask sooner than this share of the TTL is none of a cache, or of one that prefetches. */
const EARLY_SHARE = 0.85;
/** From this share of early re-asks on, one cache does not explain them. */
const EARLY_MAX = 0.2;
/** The rate at a query is taken from so many gaps on each side of it. */
const NEIGHBOURS = 4;

/**
 * The time from an answer's expiry to the next query is exponential with the rate of visits, whatever the TTL is
 * (Jung, Berger and Balakrishnan, INFOCOM 2003); so around each query the rate is the number of gaps over their
 * length. `times` are in milliseconds and in order.
 */
export function visitsBehind(times: Float64Array, ttlMs: number): SourceVisits {
  const gaps = Float64Array.from({ length: Math.max(0, times.length - 1) }, (_, gap) => {
    return (times[gap + 1] ?? 0) - (times[gap] ?? 0);
  });
  const early = gaps.filter((gap) => gap < ttlMs * EARLY_SHARE).length;
  if (ttlMs === 0 || early > EARLY_MAX * gaps.length)
    return { caches: false, rates: new Float64Array(times.length), isSaturated: false };
  const open = gaps.map((gap) => Math.max(0, gap - ttlMs));
  let saturated = 0;
  const rates = Float64Array.from(times, (_, query) => {
    const from = Math.max(0, query - NEIGHBOURS);
    const around = open.subarray(from, Math.min(open.length, query + NEIGHBOURS));
    if (around.length === 0) return 0;
    const exposed = around.reduce((sum, gap) => sum + gap, 0);
    if (exposed < around.length * ROUNDING_MS) saturated += 1;
    return around.length / Math.max(exposed, around.length * ROUNDING_MS);
  });
  return { caches: true, rates, isSaturated: saturated > times.length / 2 };
}
