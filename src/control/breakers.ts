import type { DriverName } from '../policy/policy.js';

const FIRST_MS = 5_000;
const LONGEST_MS = 300_000;

interface Breaker {
  readonly failures: number;
  readonly until: number;
}

/**
 * Which drivers have told that they are full, and until when nobody asks them again: longer after each time, and not at
 * all for one that has booted something since. Monotonic milliseconds.
 */
export class Breakers {
  readonly #breakers = new Map<DriverName, Breaker>();

  full(driver: DriverName, now: number): void {
    const before = this.#breakers.get(driver);
    // Whoever was asked at the same time says the same thing once more.
    if (before !== undefined && now < before.until) return;
    const failures = (before?.failures ?? 0) + 1;
    this.#breakers.set(driver, {
      failures,
      until: now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)),
    });
  }

  worked(driver: DriverName): void {
    this.#breakers.delete(driver);
  }

  /** By driver, until when it is left alone; those that may be asked may be missing or have a time that is past. */
  get resting(): ReadonlyMap<DriverName, number> {
    return new Map([...this.#breakers].map(([driver, { until }]) => [driver, until]));
  }
}
