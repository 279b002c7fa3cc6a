/** What is left of something after `ms` when it decays to 1/e in `lifeMs`: between 0 and 1. */
export function decay(ms: number, lifeMs: number): number {
  return ms > 0 ? Math.exp(-ms / lifeMs) : 1;
}

/** The weight of the last `ms` of time when each moment weighs what has decayed since: the integral of `decay`. */
export function decayedSpan(ms: number, lifeMs: number): number {
  return ms > 0 ? lifeMs * -Math.expm1(-ms / lifeMs) : 0;
}

/** The life at which decayed events are as old on average, and as many in effect, as the events in a window. */
export function lifeOf(windowMs: number): number {
  return windowMs / 2;
}
