/** Demand is what came in so many seconds before and after: long enough that chance is small, short enough for a crowd. */
const HALF_S = 10;
const RING = 2 * HALF_S;

/**
 * The demand of a page whose visits are all that is known of it: their mean over 20 s. It is known 10 s late, so
 * what is to be compared with it waits as long.
 */
export class SeenDemand {
  readonly #visits = new Float64Array(RING);
  #sum = 0;
  #current = 0;
  #second = 0;

  visit(): void {
    this.#current += 1;
  }

  /** Ends a second; gives the demand in visits per second of the second that ended 10 s before. */
  endSecond(): number {
    const place = this.#second % RING;
    this.#sum += this.#current - (this.#visits[place] ?? 0);
    this.#visits[place] = this.#current;
    this.#current = 0;
    this.#second += 1;
    return this.#sum / Math.min(RING, this.#second);
  }
}

export const SEEN_DELAY_S = HALF_S;
