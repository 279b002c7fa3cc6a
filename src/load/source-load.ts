import type { SourceCount } from './batch.js';
import type { Coverage } from './coverage.js';
import { decay, decayedSpan, lifeOf } from './decay.js';
import type { DemandSum } from './demand-sum.js';
import { CacheEstimator } from './estimator.js';
import type { LoadSettings } from './load.js';

/** A raw rate is taken over at least this much time, as in a window. */
const SHORTEST_SPAN_MS = 1_000;

/** Visits that queries add, and those among them that no estimate accounts for. */
export interface Added {
  readonly visits: number;
  readonly unexplained: number;
}

/**
 * One source of one page. A, AAAA and HTTPS that a visit asks for together are one demand, so the highest of the
 * types counts, never their sum.
 */
export class SourceLoad {
  readonly ignored: boolean;
  lastQuery = 0;
  validUntil = 0;
  readonly #types: CacheEstimator[] = [];
  #visits = 0;
  /** Decayed visits, for the raw rate. */
  #recent = 0;
  #at = 0;

  constructor(ignored: boolean) {
    this.ignored = ignored;
  }

  /** No visits are added by an AAAA that only follows its A. */
  add(count: SourceCount, coverage: Coverage, settings: LoadSettings): Added {
    let estimator = this.#types.find(({ type }) => type === count.type);
    let unexplained = count.queries;
    if (estimator === undefined) {
      estimator = new CacheEstimator(count);
      this.#types.push(estimator);
    } else {
      const watched = coverage.within(estimator.validUntil, count.lastQuery);
      unexplained = estimator.observe(count, watched, settings);
    }
    const visits = Math.max(0, estimator.total - this.#visits);
    this.#recent = this.weight(count.lastQuery, settings) + visits;
    this.#at = Math.max(this.#at, count.lastQuery);
    this.#visits += visits;
    this.lastQuery = Math.max(this.lastQuery, count.lastQuery);
    this.validUntil = Math.max(this.validUntil, count.validUntil);
    return { visits, unexplained: Math.min(visits, unexplained) };
  }

  /** Visits, decayed with the stable window: also what a place in a full table is worth. */
  weight(now: number, settings: LoadSettings): number {
    return this.#recent * decay(now - this.#at, lifeOf(settings.stableWindow));
  }

  /** Adds what this source tells now, by the type that tells most. */
  addTo(sum: DemandSum, now: number, coverage: Coverage, settings: LoadSettings): void {
    let best: CacheEstimator | null = null;
    let bestRate = 0;
    for (const estimator of this.#types) {
      const rate = estimator.rate(now, coverage.within(estimator.validUntil, now), settings);
      // One type that behaves as a cache explains the source better than one that does not, e.g. because it is new.
      if (best === null || (estimator.cached === best.cached ? rate > bestRate : estimator.cached)) {
        best = estimator;
        bestRate = rate;
      }
    }
    if (best === null) return;
    const tail = coverage.within(best.validUntil, now);
    sum.saturated ||= best.saturated(tail);
    if (best.cached) {
      sum.addHidden(bestRate);
      best.addRecent(sum, now, tail, settings);
    } else {
      const seen = this.#rawRate(now, coverage, settings);
      sum.addSeen(seen);
      sum.addHidden(Math.max(0, bestRate - seen));
    }
  }

  #rawRate(now: number, coverage: Coverage, settings: LoadSettings): number {
    const span = decayedSpan(coverage.within(coverage.start, now), lifeOf(settings.stableWindow));
    return (this.weight(now, settings) * 1_000) / Math.max(span, SHORTEST_SPAN_MS);
  }
}
