/** Time as an argument: everything that needs to know the time is handed one of these, so that tests can own it. */
export interface Clock {
  /**
   * Milliseconds on the machine's monotonic clock (clock_gettime(2), CLOCK_MONOTONIC). It is the same in every
   * thread and process of the machine until the next boot, and never jumps: all deadlines and windows use it.
   */
  now(): number;
  /** Unix time in milliseconds. It may jump, so it is only shown to people and seeds SOA serials. */
  wall(): number;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const MICROSECONDS_PER_MILLISECOND = 1_000;

export const systemClock: Clock = {
  now: () =>
    Number(process.hrtime.bigint() / (NANOSECONDS_PER_MILLISECOND / 1_000n)) / MICROSECONDS_PER_MILLISECOND,
  wall: () => Date.now(),
};
