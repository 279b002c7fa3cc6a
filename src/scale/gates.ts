import { type Context, pass } from './context.js';
import type { Step } from './reason.js';
import { seconds } from './stabilization.js';

/** A pause after the last change in the same direction, and a longer one before the last replica goes. */
export function cooldownStep(context: Context, desired: number): Step {
  const { policy, history, now, current } = context;
  if (desired === current) return pass('cooldown', desired);
  const sign = Math.sign(desired - current);
  const wait = sign > 0 ? policy.cooldown.scaleUp : policy.cooldown.scaleDown;
  const last = history.changes.findLast((change) => Math.sign(change.by) === sign);
  if (last !== undefined && now - last.at < wait) {
    const detail = `the last change ${sign > 0 ? 'up' : 'down'} was ${seconds(now - last.at)} ago, cooldown is ${seconds(wait)}`;
    return { step: 'cooldown', value: current, reason: 'CooldownActive', detail };
  }
  const inactive = history.inactiveSince === 0 ? 0 : now - history.inactiveSince;
  if (desired === 0 && inactive < policy.cooldown.toZero) {
    const detail = `inactive for ${seconds(inactive)}, the last replica goes after ${seconds(policy.cooldown.toZero)}`;
    return { step: 'cooldown', value: 1, reason: 'CooldownActive', detail };
  }
  return pass('cooldown', desired);
}

/** minReplicas and maxReplicas hold whatever the load is. */
export function boundsStep(context: Context, desired: number): Step {
  const { minReplicas, maxReplicas } = context.policy;
  if (desired < minReplicas) {
    return {
      step: 'bounds',
      value: minReplicas,
      reason: 'TooFewReplicas',
      detail: `minReplicas is ${minReplicas}`,
    };
  }
  if (desired > maxReplicas) {
    return {
      step: 'bounds',
      value: maxReplicas,
      reason: 'TooManyReplicas',
      detail: `maxReplicas is ${maxReplicas}`,
    };
  }
  return pass('bounds', desired);
}
