/** What was opened, to be closed in the opposite order: put each on the list in the line after it was opened. */
export class Releasers {
  readonly #releases: (() => Promise<void> | void)[] = [];

  add(release: () => Promise<void> | void): void {
    this.#releases.push(release);
  }

  /** To be closed after everything else, whatever is opened later. */
  addLast(release: () => Promise<void> | void): void {
    this.#releases.unshift(release);
  }

  /** Closes everything, also when closing one of them fails; the first failure is thrown in the end. */
  async release(): Promise<void> {
    const failures: unknown[] = [];
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
