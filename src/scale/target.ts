import { type Context, pass } from './context.js';
import { round } from './metric.js';
import type { Step } from './reason.js';

/**
 * ceil(load / target): the average-value form, since load does not depend on the number of replicas. It works from 0,
 * which `current × ratio` does not (nomad-autoscaler#424).
 */
export function metricStep(context: Context, desired: number): Step {
  const { measured, policy, current } = context;
  const { target, activation, tolerance } = policy.metric;
  if (measured === null) {
    return {
      step: 'metric',
      value: desired,
      reason: 'MetricUnavailable',
      detail: 'nothing was measured, which is not zero: the number stays',
    };
  }
  // Hysteresis: on above `activation`, off only below it by the tolerance.
  const threshold = current === 0 ? activation : activation * (1 - tolerance);
  if (measured.stable < threshold) {
    const detail = `${measured.detail}; below the activation of ${round(threshold)}`;
    return keepIfIncomplete(context, { step: 'metric', value: 0, reason: 'BelowActivation', detail });
  }
  const value = Math.ceil(measured.stable / target);
  const detail = `${measured.detail}; ${round(measured.stable)} / ${target} per replica`;
  const reason =
    value > current ? 'MetricAboveTarget' : value < current ? 'MetricBelowTarget' : 'DesiredWithinRange';
  return keepIfIncomplete(context, { step: 'metric', value, reason, detail });
}

/** A dead band around the present number, for what the metric asks and nothing else. */
export function toleranceStep(context: Context, desired: number): Step {
  const { measured, policy, current } = context;
  const { target, tolerance } = policy.metric;
  if (measured !== null && current > 0 && desired > 0 && desired !== current) {
    const ratio = measured.stable / (current * target);
    if (Math.abs(ratio - 1) <= tolerance) {
      const detail = `load is ${round(ratio)} of what ${current} replicas are for, within ±${tolerance}`;
      return { step: 'tolerance', value: current, reason: 'WithinTolerance', detail };
    }
  }
  return pass('tolerance', desired);
}

/** Knative's panic window: a sudden load is followed at once, and nothing decreases until it has been calm for one stable window. */
export function panicStep(context: Context, desired: number): Step {
  const { measured, policy, history, now, current } = context;
  if (measured === null || now >= history.panicUntil) return pass('panic', desired);
  const panicDesired = Math.ceil(measured.panic / policy.metric.target);
  const detail = `${round(measured.panic)} over the last ${policy.metric.panic.window / 1_000} s; no decrease for ${round((history.panicUntil - now) / 1_000)} s`;
  return { step: 'panic', value: Math.max(desired, panicDesired, current), reason: 'Panic', detail };
}

function keepIfIncomplete(context: Context, step: Step): Step {
  if (context.measured?.complete !== false || step.value >= context.current) return step;
  return {
    ...step,
    value: context.current,
    reason: 'MetricUnavailable',
    detail: `${step.detail}; one signal is missing, so nothing is taken away`,
  };
}
