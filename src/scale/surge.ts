import type { PageLoad } from '../load/load.js';
import type { Policy } from '../policy/policy.js';
import { measure } from './metric.js';

/**
 * Whether the load of the last moments asks for more replicas than there are or will be: cheap enough to be asked
 * after each batch, so that a surge need not wait for the next tick. What is then done is for `decide` to say.
 */
export function isSurging(load: PageLoad, policy: Policy, current: number): boolean {
  if (!policy.enabled || current >= policy.maxReplicas) return false;
  const measured = measure(policy.metric, load);
  if (measured === null) return false;
  const { target, activation, tolerance, panic } = policy.metric;
  const isPanic = Math.ceil(measured.panic / target) >= panic.threshold * Math.max(1, current);
  if (current === 0) return isPanic || (measured.stable > 0 && measured.stable >= activation);
  return isPanic || measured.stable > current * target * (1 + tolerance);
}
