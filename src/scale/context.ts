import type { Policy } from '../policy/policy.js';
import type { PageHistory } from './history.js';
import type { Measured } from './metric.js';
import type { Step } from './reason.js';
import type { ScheduledBounds } from './scheduled.js';

/** What the steps look at; `desired` travels beside it, from step to step. */
export interface Context {
  readonly policy: Policy;
  /** Null: nothing was measured, so nothing that follows from the metric may change. */
  readonly measured: Measured | null;
  /** Replicas that are capacity now or soon. */
  readonly current: number;
  readonly serving: number;
  readonly history: PageHistory;
  readonly scheduled: ScheduledBounds;
  readonly now: number;
  readonly startedAt: number;
}

/** One rule: what the number is after it, and why. */
export type Stage = (context: Context, desired: number) => Step;

/** The step of a rule that had nothing to object to. */
export function pass(step: string, value: number): Step {
  return { step, value, reason: 'DesiredWithinRange', detail: '' };
}
