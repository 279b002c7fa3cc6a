import { decay } from './decay.js';

/** More caches than this behind one address are not told from clients that do not cache at all. */
const MAX_CACHES = 8;
/** A level of simultaneous answers counts when at least this share of the queries reached it. */
const LEVEL_SHARE = 0.1;
/** As for one cache: below this mean exposure per query the rate cannot be told. */
const JITTER_MS = 500;

/**
 * Several caches behind one source address (the pools of public resolvers).
 *
 * With k caches and v(t) answers still valid at t, a visit that picks a cache at random misses with chance
 * (k - v) / k, so n misses are expected to be l / k times U, the integral of k - v(t), and l = k n / U: the estimate
 * for one cache with exposure counted in caches. k is the largest number of answers that is often valid at once.
 */
export class CachePool {
  /** Expiries of answers still valid, oldest first. */
  #expiries: number[];
  #at: number;
  #queries = 1;
  #time = 0;
  #held = 0;
  /** Queries after which so many answers were valid; the last level is "more than MAX_CACHES". */
  readonly #levels = new Float64Array(MAX_CACHES + 2);

  constructor(now: number, validUntil: number) {
    this.#at = now;
    this.#expiries = [validUntil];
    this.#levels[1] = 1;
  }

  observe(now: number, queries: number, validUntil: number, lifeMs: number): void {
    this.#advance(now, lifeMs);
    this.#queries += queries;
    for (let query = 0; query < Math.min(queries, MAX_CACHES + 1); query += 1) {
      this.#expiries.push(validUntil);
      if (this.#expiries.length > MAX_CACHES + 1) this.#expiries.shift();
      const level = this.#expiries.length;
      this.#levels[level] = (this.#levels[level] ?? 0) + 1;
    }
    const rest = queries - (MAX_CACHES + 1);
    if (rest > 0) this.#levels[MAX_CACHES + 1] = (this.#levels[MAX_CACHES + 1] ?? 0) + rest;
  }

  /** Visits per second; 0 when the source does not look like a few caches, which tells nothing. */
  rate(now: number, lifeMs: number): number {
    this.#advance(now, lifeMs);
    const caches = this.#caches;
    // As for one cache, queries whose answers are still held end an exposure instead of lying in one.
    const queries = this.#queries - this.#expiries.length;
    if (caches === 0 || queries <= 0) return 0;
    return (caches * queries * 1_000) / Math.max(this.#exposureOf(caches), this.#leastExposure);
  }

  /** Whether the rate may be any number above the estimate; asked after it. */
  get saturated(): boolean {
    const caches = this.#caches;
    return caches > 0 && this.#exposureOf(caches) < this.#leastExposure;
  }

  get #caches(): number {
    const caches = this.#levels.findLastIndex((weight) => weight >= LEVEL_SHARE * this.#queries);
    return caches < 2 || caches > MAX_CACHES ? 0 : caches;
  }

  #exposureOf(caches: number): number {
    return caches * this.#time - this.#held;
  }

  get #leastExposure(): number {
    return this.#queries * JITTER_MS;
  }

  /** Sums v(t) up to now, step by step from one expiry to the next. */
  #advance(now: number, lifeMs: number): void {
    while (this.#at < now) {
      const expiry = this.#expiries[0] ?? Number.POSITIVE_INFINITY;
      const next = Math.min(now, Math.max(expiry, this.#at));
      const span = next - this.#at;
      const left = decay(span, lifeMs);
      this.#queries *= left;
      this.#time = this.#time * left + span;
      this.#held = this.#held * left + span * this.#expiries.length;
      for (let level = 0; level < this.#levels.length; level += 1)
        this.#levels[level] = (this.#levels[level] ?? 0) * left;
      this.#at = next;
      if (expiry <= next) this.#expiries.shift();
    }
  }
}
