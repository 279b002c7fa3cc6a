import type { PageLoad } from '../load/load.js';
import type { Policy } from '../policy/policy.js';
import { isPanic, measure } from './metric.js';

const MILLISECONDS_PER_SECOND = 1_000;

/** Whether so many events in so short a time could be a surge at all; costs nothing, unlike the load itself. */
export function mayBeSurging(policy: Policy, events: number, durationMs: number): boolean {
  const rate = (events * MILLISECONDS_PER_SECOND) / Math.max(1, durationMs);
  return rate >= Math.min(policy.metric.activation, policy.metric.target);
}

/**
 * Whether the load of the last moments asks for more replicas than there are or will be: cheap enough to be asked
 * after each batch, so that a surge need not wait for the next tick. What is then done is for `decide` to say.
 */
export function isSurging(load: PageLoad, policy: Policy, current: number): boolean {
  if (current >= policy.maxReplicas) return false;
  const measured = measure(policy.metric, load);
  if (measured === null) return false;
  const { target, activation, tolerance } = policy.metric;
  if (isPanic(policy.metric, measured, current)) return true;
  if (current === 0) return measured.stable > 0 && measured.stable >= activation;
  return measured.stable > current * target * (1 + tolerance);
}
