import { type Context, pass } from './context.js';
import type { Step } from './reason.js';

/**
 * The floor belongs to what is recommended, so that its end goes down as a load does, through stabilization; that it
 * is neither rounded away by the tolerance (keda#5263, keda#6709) nor held back by rate limits is for the bounds.
 */
export function scheduleStep({ scheduled: { floor } }: Context, desired: number): Step {
  if (floor === null || desired >= floor.replicas) return pass('schedule', desired);
  return { step: 'schedule', value: floor.replicas, reason: 'ScheduleActive', detail: floor.detail };
}
