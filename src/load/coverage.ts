/** A shorter pause is a late timer, not a loss. */
const JOIN_MS = 20;
/** Gaps kept apart; beyond, the oldest are taken for watched, which understates a rate instead of overstating it. */
const MAX_INTERVALS = 64;

interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * The times in which something was watched, so that a time without data is told from a time without events.
 * Monotonic milliseconds.
 */
export class Coverage {
  #intervals: Interval[] = [];

  /** False, and nothing happens, for a time that runs backwards. */
  add(from: number, to: number): boolean {
    if (!Number.isFinite(from) || !Number.isFinite(to) || to < from) return false;
    let start = from;
    let end = to;
    const later: Interval[] = [];
    for (;;) {
      const last = this.#intervals.at(-1);
      if (last === undefined || last.to + JOIN_MS < start) break;
      this.#intervals.pop();
      if (last.from > end + JOIN_MS) later.unshift(last);
      else {
        start = Math.min(start, last.from);
        end = Math.max(end, last.to);
      }
    }
    this.#intervals.push({ from: start, to: end }, ...later);
    const [first, second] = this.#intervals;
    if (this.#intervals.length > MAX_INTERVALS && first !== undefined && second !== undefined)
      this.#intervals.splice(0, 2, { from: first.from, to: second.to });
    return true;
  }

  /** When watching began, as far as it is known. */
  get start(): number {
    return this.#intervals[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  get end(): number {
    return this.#intervals.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds between two moments that were watched. */
  within(from: number, to: number): number {
    let covered = 0;
    for (let index = this.#intervals.length - 1; index >= 0; index -= 1) {
      const interval = this.#intervals[index];
      if (interval === undefined || interval.to <= from) break;
      covered += Math.max(0, Math.min(to, interval.to) - Math.max(from, interval.from));
    }
    return covered;
  }
}
