import type { DriverFailure } from './driver.js';

/** Carries a foreseen failure out of the steps of a start, to where what was begun is undone. */
export class StartError extends Error {
  readonly failure: DriverFailure;

  constructor(failure: DriverFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What a step gave, unless that is a failure. */
export function orThrow<T>(outcome: T | DriverFailure): T {
  if (typeof outcome === 'object' && outcome !== null && 'class' in outcome) throw new StartError(outcome);
  return outcome as T;
}
