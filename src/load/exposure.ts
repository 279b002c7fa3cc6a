import { decay, decayedSpan } from './decay.js';

/** Queries that ended a time without a valid answer, and that time in milliseconds. */
export interface Exposed {
  readonly queries: number;
  readonly exposure: number;
}

/** Sums of both, each decaying by itself, so that their ratio follows a changing rate. */
export class ExposureSum implements Exposed {
  queries = 0;
  exposure = 0;
  #at = Number.NEGATIVE_INFINITY;

  add(gap: Exposed, now: number, lifeMs: number): void {
    const left = this.left(now, lifeMs);
    this.queries = this.queries * left + gap.queries;
    this.exposure = this.exposure * left + decayedSpan(gap.exposure, lifeMs);
    this.#at = Math.max(this.#at, now);
  }

  /** What has not decayed since the last gap was added: the factor to read both sums with. */
  left(now: number, lifeMs: number): number {
    return decay(now - this.#at, lifeMs);
  }
}
