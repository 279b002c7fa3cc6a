/** Percentiles in milliseconds; all 0 where nothing was measured. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

const SMALLEST_MS = 0.01;
const GROWTH = 1.05;
/** Reaches beyond a minute. */
const BUCKETS = 330;

/** Durations in buckets that grow by 5 %: bounded memory, and percentiles to within those 5 %. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #max = 0;

  record(durationMs: number): void {
    const bucket = Math.ceil(Math.log(Math.max(durationMs, SMALLEST_MS) / SMALLEST_MS) / Math.log(GROWTH));
    const index = Math.min(bucket, BUCKETS - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#max = Math.max(this.#max, durationMs);
  }

  percentiles(): Percentiles {
    return {
      count: this.#count,
      p50: this.#atShare(0.5),
      p95: this.#atShare(0.95),
      p99: this.#atShare(0.99),
      max: this.#max,
    };
  }

  #atShare(share: number): number {
    const rank = Math.ceil(this.#count * share);
    if (rank === 0) return 0;
    let below = 0;
    for (const [index, count] of this.#counts.entries()) {
      below += count;
      if (below >= rank) return Math.min(SMALLEST_MS * GROWTH ** index, this.#max);
    }
    return this.#max;
  }
}
