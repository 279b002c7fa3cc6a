/** Pseudo-events that pull a ratio towards 1, so that it says nothing while it knows nothing. */
const PRIOR_EVENTS = 4;

/**
 * Adds up what the sources of one page tell. All rates are visits per second.
 *
 * The sources' estimates remember several TTLs, so they lag; but load that changes changes behind all caches alike.
 * The factor common to all is estimated best by O / E: the queries that they sent in a window over those expected of
 * them, given their estimates and the time in which they held no answer (the standardised ratio of epidemiology: the
 * maximum likelihood estimate under proportional rates). So what most caches hide counts as soon as some show it.
 */
export class DemandSum {
  saturated = false;
  #cached = 0;
  #seen = 0;
  #stableObserved = 0;
  #stableExpected = 0;
  #panicObserved = 0;
  #panicExpected = 0;

  /** A source that behaves as one cache, or the part of a source's visits that its queries do not show. */
  addHidden(rate: number): void {
    this.#cached += rate;
  }

  /** A source whose queries are its visits. */
  addSeen(rate: number): void {
    this.#seen += rate;
  }

  /** Queries of a source within a window, and how many its rate lets expect; the policy's windows, by mean age. */
  addStable(observed: number, expected: number): void {
    this.#stableObserved += observed;
    this.#stableExpected += expected;
  }

  addPanic(observed: number, expected: number): void {
    this.#panicObserved += observed;
    this.#panicExpected += expected;
  }

  get stable(): number {
    return this.#seen + this.#cached * this.#stableFactor;
  }

  /** Of the hidden visits alone: those seen are counted over the panic window, not estimated. */
  get panicHidden(): number {
    const factor = this.#stableFactor;
    return this.#cached * factor * ratio(this.#panicObserved, this.#panicExpected * factor);
  }

  get #stableFactor(): number {
    return ratio(this.#stableObserved, this.#stableExpected);
  }
}

function ratio(observed: number, expected: number): number {
  return (observed + PRIOR_EVENTS) / (expected + PRIOR_EVENTS);
}
