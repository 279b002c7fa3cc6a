import { type Context, pass } from './context.js';
import type { Reason, Step } from './reason.js';
import type { ScheduledBounds } from './scheduled.js';
import { seconds } from './seconds.js';

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

/**
 * minReplicas and maxReplicas hold whatever the load is, and so do those of the schedules that are open. The highest
 * floor counts and the lowest ceiling; where they contradict each other the ceiling wins, since it is there to save.
 */
export function boundsStep({ policy, scheduled }: Context, desired: number): Step {
  const own: Bound = {
    replicas: policy.minReplicas,
    reason: 'TooFewReplicas',
    detail: `minReplicas is ${policy.minReplicas}`,
  };
  const floor = [own, ...scheduledBound(scheduled.floor)].reduce((a, b) => (b.replicas > a.replicas ? b : a));
  const most: Bound = {
    replicas: policy.maxReplicas,
    reason: 'TooManyReplicas',
    detail: `maxReplicas is ${policy.maxReplicas}`,
  };
  const ceiling = [most, ...scheduledBound(scheduled.ceiling)].reduce((a, b) =>
    b.replicas < a.replicas ? b : a,
  );
  if (Math.max(desired, floor.replicas) > ceiling.replicas) {
    const { replicas: value, reason } = ceiling;
    const detail =
      floor.replicas > value ? `${ceiling.detail}, which wins although ${floor.detail}` : ceiling.detail;
    return { step: 'bounds', value, reason, detail };
  }
  if (desired < floor.replicas)
    return { step: 'bounds', value: floor.replicas, reason: floor.reason, detail: floor.detail };
  return pass('bounds', desired);
}

interface Bound {
  readonly replicas: number;
  readonly reason: Reason;
  readonly detail: string;
}

function scheduledBound(bound: ScheduledBounds['floor']): readonly Bound[] {
  return bound === null ? [] : [{ ...bound, reason: 'ScheduleActive' }];
}
