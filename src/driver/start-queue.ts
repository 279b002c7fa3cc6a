/** Lets so many replicas start at a time; the others wait for their turn, in the order in which they came. */
export class StartQueue {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * Resolves to what `start` gives, once its turn has come; its place is free again when `settled`, by default at once,
   * resolves.
   */
  async run<T>(
    start: () => Promise<T>,
    settled: (started: T) => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    let isSettled = Promise.resolve();
    try {
      const started = await start();
      isSettled = settled(started);
      return started;
    } finally {
      void isSettled.then(() => this.#leave());
    }
  }

  /** The place goes to the next one that waits, without becoming free in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
