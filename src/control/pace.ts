/**
 * Runs passes of the control loop: every interval, and at once when woken. Passes never overlap; however often it is
 * woken during one, one more follows.
 */
export class Pace {
  readonly #pass: () => Promise<void>;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isWoken = false;
  #isStopped = true;

  /** `pass` must not reject: what can go wrong in it is its own business. */
  constructor(pass: () => Promise<void>, intervalMs: number) {
    this.#pass = pass;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    this.#isStopped = false;
    this.wake();
  }

  wake(): void {
    this.#isWoken = true;
    if (this.#running === null && !this.#isStopped) this.#running = this.#run();
  }

  /** Resolves when the present pass, if any, has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    // Everything that is said in the same turn of the event loop belongs to one pass.
    await Promise.resolve();
    clearTimeout(this.#timer);
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      await this.#pass();
    }
    this.#running = null;
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.wake(), this.#intervalMs);
  }
}
