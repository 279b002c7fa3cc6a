import type { Started } from './start-page-server.js';

/** Lets so many page servers start at a time; the others wait for their turn, in the order in which they came. */
export class StartQueue {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * Resolves to what `start` gives, once its turn has come; its place is free again when the server has settled.
   */
  async run(start: () => Promise<Started>): Promise<Started> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    let settled = Promise.resolve();
    try {
      const started = await start();
      if (started.ok) settled = started.settled;
      return started;
    } finally {
      void settled.then(() => this.#leave());
    }
  }

  /** The place goes to the next one that waits, without becoming free in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
