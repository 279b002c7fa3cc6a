/** Buckets of a window: fine enough that weighting the oldest one errs by less than 1 / BUCKETS of the window. */
const BUCKETS = 60;
/** One more than a window covers, because a window that ends within a bucket also begins within one. */
const RING = BUCKETS + 1;

/**
 * Counts events over the last `windowMs` in a ring of fixed buckets: bounded memory, exact for whole buckets; of the
 * oldest bucket, which the window's edge cuts, the part inside is counted as if its events were evenly spread.
 * Time is monotonic milliseconds and comes as an argument.
 */
export class WindowCounter {
  readonly windowMs: number;
  readonly bucketMs: number;
  readonly #counts = new Float64Array(RING);
  /** The newest bucket's number since time 0. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
    this.bucketMs = windowMs / BUCKETS;
  }

  /** Spreads events over the time in which they happened; what is older than the window is dropped. */
  add(count: number, from: number, to: number): void {
    const first = Math.floor(from / this.bucketMs);
    const last = Math.floor(to / this.bucketMs);
    this.#advance(last);
    if (first === last || to <= from) {
      this.#put(last, count);
      return;
    }
    for (let bucket = Math.max(first, this.#newest - BUCKETS); bucket <= last; bucket += 1) {
      const overlap = Math.min(to, (bucket + 1) * this.bucketMs) - Math.max(from, bucket * this.bucketMs);
      this.#put(bucket, (count * overlap) / (to - from));
    }
  }

  /** Events within the last `spanMs`, by default the whole window; a span below two buckets is too short to be told. */
  sum(now: number, spanMs: number = this.windowMs): number {
    const last = Math.floor(now / this.bucketMs);
    const start = (now - Math.min(spanMs, this.windowMs)) / this.bucketMs;
    const first = Math.floor(start);
    let sum = 0;
    for (let bucket = first; bucket <= last; bucket += 1)
      sum += bucket === first ? this.#get(bucket) * (first + 1 - start) : this.#get(bucket);
    return sum;
  }

  /** The same counts in a window of another length, as far back as both reach. */
  resized(windowMs: number): WindowCounter {
    const other = new WindowCounter(windowMs);
    // Nothing was ever counted, and there is no first bucket to begin with.
    if (!Number.isFinite(this.#newest)) return other;
    for (let bucket = this.#newest - BUCKETS; bucket <= this.#newest; bucket += 1) {
      const count = this.#get(bucket);
      if (count > 0) other.add(count, bucket * this.bucketMs, (bucket + 1) * this.bucketMs - 1e-6);
    }
    return other;
  }

  #advance(bucket: number): void {
    if (bucket <= this.#newest) return;
    if (bucket - this.#newest >= RING) this.#counts.fill(0);
    else for (let stale = this.#newest + 1; stale <= bucket; stale += 1) this.#counts[slot(stale)] = 0;
    this.#newest = bucket;
  }

  #put(bucket: number, count: number): void {
    if (bucket <= this.#newest - RING) return;
    this.#counts[slot(bucket)] = (this.#counts[slot(bucket)] ?? 0) + count;
  }

  #get(bucket: number): number {
    return bucket > this.#newest || bucket <= this.#newest - RING ? 0 : (this.#counts[slot(bucket)] ?? 0);
  }
}

function slot(bucket: number): number {
  return ((bucket % RING) + RING) % RING;
}
