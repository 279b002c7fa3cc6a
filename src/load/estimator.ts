import type { AddressQueryType, SourceCount } from './batch.js';
import { CachePool } from './cache-pool.js';
import { decay, decayedSpan, lifeOf } from './decay.js';
import type { DemandSum } from './demand-sum.js';
import { type Exposed, ExposureSum } from './exposure.js';
import { readGap } from './gap.js';
import type { LoadSettings } from './load.js';

/** Memory in TTLs: a saturated cache tells one thing a TTL, and a handful of things are needed. */
const MEMORY_TTLS = 6;
/** Memory in stable windows, likewise: the estimate may lag, because `DemandSum` makes up for it. */
const MEMORY_WINDOWS = 1.5;
/** The exposure of a re-ask that came too early to have any, so that a rate never divides by nothing. */
const LEAST_EXPOSURE_MS = 50;
/** Below this mean exposure, rounding and round trips hide how much higher the rate is. */
const JITTER_MS = 500;
/** Damps the first few gaps: one short gap by chance would read as any rate at all. */
const DAMPING_MS = 250;
/** From this share of early re-asks on, one cache that now and then asks twice does not explain them. */
const EARLY_SHARE = 0.2;

/**
 * Demand behind one resolver cache for one name and type.
 *
 * A cache with Poisson visits at rate l and TTL T asks only l / (1 + l T) times a second (Jung, Berger and
 * Balakrishnan, "Modeling TTL-based Internet caches", INFOCOM 2003): it hides what comes while it holds an answer.
 * But the time from an answer's expiry to the next query is exponential with rate l whatever the TTL is. So
 * l = n / U, where n counts those gaps and U sums the time without a valid answer in them, is the maximum likelihood
 * estimate. Sampled while an answer is held, U ends with an event, and (n - 1) / U is the unbiased form; sampled while
 * the cache is exposed, the open gap adds to U and nothing is subtracted. The two meet at every query. n and U decay
 * exponentially, each by itself, so that the estimate follows a changing rate.
 *
 * A resolver that keeps answers beyond their TTL is estimated too low. That is not mended, because a client that asks
 * at regular intervals, such as a probe, looks the same, and must not read as a crowd.
 */
export class CacheEstimator {
  readonly type: AddressQueryType;
  lastQuery: number;
  validUntil: number;
  prefetches = false;
  /** All queries ever. */
  total: number;
  #gaps: { readonly long: ExposureSum; readonly stable: ExposureSum; readonly panic: ExposureSum } | null =
    null;
  #gapsEver = 0;
  #pool: CachePool | null = null;
  /** Decayed, like the gaps. */
  #queries: number;
  #early: number;

  constructor(first: SourceCount) {
    this.type = first.type;
    this.lastQuery = first.lastQuery;
    this.validUntil = first.validUntil;
    this.total = first.queries;
    this.#queries = first.queries;
    this.#early = first.queries - 1;
    if (this.#early === 0) return;
    this.#pool = new CachePool(first.lastQuery, first.validUntil);
    this.#pool.observe(first.lastQuery, this.#early, first.validUntil, first.validUntil - first.lastQuery);
  }

  /** Whether the source looks like one cache that has asked again. If not, its query rate is a lower bound at least. */
  get cached(): boolean {
    return this.#gaps !== null && !this.#asksEarly;
  }

  /**
   * Takes the queries since the last call; tells how many of them the estimate cannot account for, because they came
   * while an answer was valid. `watched` is the time between the last answer's expiry and the last query, as far as
   * it was watched.
   */
  observe(count: SourceCount, watched: number, settings: LoadSettings): number {
    const now = count.lastQuery;
    const life = this.#life(settings);
    const gap = readGap(this, count, watched);
    const early = count.queries - gap.queries;
    const left = decay(now - this.lastQuery, life);
    this.total += count.queries;
    this.#queries = this.#queries * left + count.queries;
    this.#early = this.#early * left + early;
    this.prefetches = gap.prefetches;
    if (gap.queries > 0) this.#addGap(gap, now, life, settings);
    if (early > 0) this.#pool ??= new CachePool(this.lastQuery, this.validUntil);
    this.lastQuery = Math.max(this.lastQuery, now);
    this.validUntil = Math.max(this.validUntil, count.validUntil);
    this.#pool?.observe(now, count.queries, this.validUntil, life);
    return early;
  }

  /** Visits per second. `tail` is the time since the last answer's expiry, as far as it was watched. */
  rate(now: number, tail: number, settings: LoadSettings): number {
    const life = this.#life(settings);
    if (this.#asksEarly) return this.#pool?.rate(now, life) ?? 0;
    if (this.#gaps === null) return 0;
    const { long } = this.#gaps;
    const left = long.left(now, life);
    const queries = long.queries * left;
    // Half of the first gap counts, although (n - 1) / U says nothing yet: after one TTL a hot page should show.
    const events = now < this.validUntil ? Math.max(queries - left, queries / 2) : queries;
    const exposure = this.#exposure(long, left, tail, life);
    return exposure > 0 ? (events * 1_000) / exposure : 0;
  }

  /** Whether the rate may be any number above the estimate. */
  saturated(tail: number): boolean {
    if (this.#asksEarly) return this.#pool?.saturated ?? false;
    if (this.#gaps === null || tail > JITTER_MS) return false;
    return this.#gaps.long.exposure < this.#gaps.long.queries * JITTER_MS;
  }

  /**
   * Adds the gaps that the source ended in both windows, beside those that its rate lets expect. That rate is n / U, the
   * likeliest for the gaps that it was taken from, since they are among those compared.
   */
  addRecent(sum: DemandSum, now: number, tail: number, settings: LoadSettings): void {
    if (this.#gaps === null) return;
    const { long, stable, panic } = this.#gaps;
    const life = this.#life(settings);
    const left = long.left(now, life);
    const exposure = this.#exposure(long, left, tail, life);
    if (exposure <= 0) return;
    const perMs = (long.queries * left) / exposure;
    const stableLife = lifeOf(settings.stableWindow);
    const stableLeft = stable.left(now, stableLife);
    sum.addStable(
      stable.queries * stableLeft,
      perMs * (stable.exposure * stableLeft + decayedSpan(tail, stableLife)),
    );
    const panicLife = lifeOf(settings.panicWindow);
    const panicLeft = panic.left(now, panicLife);
    sum.addPanic(
      panic.queries * panicLeft,
      perMs * (panic.exposure * panicLeft + decayedSpan(tail, panicLife)),
    );
  }

  #addGap(gap: Exposed, now: number, life: number, settings: LoadSettings): void {
    this.#gaps ??= { long: new ExposureSum(), stable: new ExposureSum(), panic: new ExposureSum() };
    this.#gapsEver += gap.queries;
    const mended = {
      queries: gap.queries,
      exposure: gap.exposure > 0 ? gap.exposure : gap.queries * LEAST_EXPOSURE_MS,
    };
    this.#gaps.long.add(mended, now, life);
    this.#gaps.stable.add(mended, now, lifeOf(settings.stableWindow));
    this.#gaps.panic.add(mended, now, lifeOf(settings.panicWindow));
  }

  #exposure(long: ExposureSum, left: number, tail: number, life: number): number {
    return long.exposure * left + decayedSpan(tail, life) + (DAMPING_MS * left) / this.#gapsEver ** 2;
  }

  get #asksEarly(): boolean {
    return this.#early > EARLY_SHARE * this.#queries;
  }

  #life(settings: LoadSettings): number {
    return Math.max(MEMORY_WINDOWS * settings.stableWindow, MEMORY_TTLS * (this.validUntil - this.lastQuery));
  }
}
