import type { WindowCounter } from './window.js';

/** Short, because in a flash crowd the first moment tells most: every cache that asked is silent for a TTL. */
const SPANS_MS = [200, 500, 1_000, 2_000];
/** Standard deviations below the count that are believed; at 2, chance clumps of a steady rate stay below it. */
const CONFIDENCE = 2;

/**
 * The highest rate of visits lately seen, held until the answers that those visits got expire.
 *
 * When a crowd comes through caches that hold no answer, each cache's first visit is seen and the rest is hidden, so
 * the rate of visits seen is a lower bound on demand that is closest to it at the very start: the number of caches
 * seen by t is the sum of 1 - exp(-l t), whose slope at 0 is the demand. Later the same caches say nothing for a TTL,
 * and silence that is forced does not take the bound back. Of n events in a span, n - 2 sqrt(n) are believed
 * (the lower limit of a Poisson count), so that a few events close together are no surge.
 */
export class Peak {
  #rate = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** Call when visits were counted; `until` is the latest expiry of their answers. */
  see(visits: WindowCounter, now: number, until: number): void {
    const rate = SPANS_MS.reduce((highest, span) => Math.max(highest, believed(visits, now, span)), 0);
    if (rate <= this.rate(now)) return;
    this.#rate = rate;
    this.#until = Math.max(until, now);
  }

  /** Visits per second, a lower bound; 0 when nothing is held. */
  rate(now: number): number {
    return now < this.#until ? this.#rate : 0;
  }
}

function believed(visits: WindowCounter, now: number, span: number): number {
  if (span > visits.windowMs || span < visits.bucketMs * 2) return 0;
  const count = visits.sum(now, span);
  return ((count - CONFIDENCE * Math.sqrt(count)) * 1_000) / span;
}
