import { type Context, pass } from './context.js';
import type { PageHistory } from './history.js';
import type { Step } from './reason.js';
import { seconds } from './seconds.js';

/** HPA's stabilization: up to the lowest, down to the highest that was recommended within the direction's window. */
export function stabilizationStep(context: Context, desired: number): Step {
  const { policy, history, now, startedAt, current } = context;
  if (desired < current && now - startedAt < policy.metric.stableWindow) {
    const detail = 'measuring began less than one stable window ago, so nothing is taken away yet';
    return { step: 'stabilization', value: current, reason: 'StartupHold', detail };
  }
  if (desired > current) {
    const lowest = Math.min(...within(history, now - policy.behavior.scaleUp.stabilizationWindow));
    const value = Math.max(current, Math.min(desired, lowest));
    if (value === desired) return pass('stabilization', desired);
    const detail = `as few as ${lowest} were recommended in the last ${seconds(policy.behavior.scaleUp.stabilizationWindow)}`;
    return { step: 'stabilization', value, reason: 'ScaleUpStabilized', detail };
  }
  if (desired < current) {
    const highest = Math.max(...within(history, now - policy.behavior.scaleDown.stabilizationWindow));
    const value = Math.min(current, Math.max(desired, highest));
    if (value === desired) return pass('stabilization', desired);
    const detail = `as many as ${highest} were recommended in the last ${seconds(policy.behavior.scaleDown.stabilizationWindow)}`;
    return { step: 'stabilization', value, reason: 'ScaleDownStabilized', detail };
  }
  return pass('stabilization', desired);
}

/** The recommendations in force since `start`: those made after it, and the one that still held then. */
function within(history: PageHistory, start: number): readonly number[] {
  const firstInside = history.recommendations.findIndex((entry) => entry.at > start);
  const from = firstInside === -1 ? history.recommendations.length - 1 : firstInside - 1;
  return history.recommendations.slice(Math.max(0, from)).map((entry) => entry.desired);
}
