import type { ScalingRate, ScalingRules } from '../policy/policy.js';
import { type Context, pass } from './context.js';
import type { Step } from './reason.js';
import { seconds } from './seconds.js';

/** HPA's `behavior.*.policies`: how far the number may move within a period, counted from where the period began. */
export function rateLimitStep(context: Context, desired: number): Step {
  const { policy, current } = context;
  if (desired > current) {
    const limit = upperLimit(context, policy.behavior.scaleUp);
    if (desired <= limit) return pass('rate limit', desired);
    const value = Math.max(current, limit);
    return { step: 'rate limit', value, reason: 'ScaleUpLimit', detail: describe(policy.behavior.scaleUp) };
  }
  if (desired < current) {
    const limit = lowerLimit(context, policy.behavior.scaleDown);
    if (desired >= limit) return pass('rate limit', desired);
    const value = Math.min(current, limit);
    return {
      step: 'rate limit',
      value,
      reason: 'ScaleDownLimit',
      detail: describe(policy.behavior.scaleDown),
    };
  }
  return pass('rate limit', desired);
}

function upperLimit(context: Context, rules: ScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return context.current;
  if (rules.policies.length === 0) return Number.POSITIVE_INFINITY;
  const limits = rules.policies.map((rate) => {
    const start = context.current - changed(context, rate, 1);
    return rate.type === 'Replicas' ? start + rate.value : Math.ceil(start * (1 + rate.value / 100));
  });
  return rules.selectPolicy === 'Max' ? Math.max(...limits) : Math.min(...limits);
}

function lowerLimit(context: Context, rules: ScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return context.current;
  if (rules.policies.length === 0) return 0;
  const limits = rules.policies.map((rate) => {
    const start = context.current + changed(context, rate, -1);
    return rate.type === 'Replicas' ? start - rate.value : Math.floor(start * (1 - rate.value / 100));
  });
  return Math.max(0, rules.selectPolicy === 'Max' ? Math.min(...limits) : Math.max(...limits));
}

/** Replicas added (sign 1) or removed (sign -1) within the period that ends now. */
function changed(context: Context, rate: ScalingRate, sign: 1 | -1): number {
  return context.history.changes
    .filter((change) => change.at > context.now - rate.period && Math.sign(change.by) === sign)
    .reduce((sum, change) => sum + Math.abs(change.by), 0);
}

function describe(rules: ScalingRules): string {
  if (rules.selectPolicy === 'Disabled') return 'this direction is disabled';
  const rates = rules.policies.map((rate) => {
    const amount = rate.type === 'Percent' ? `${rate.value} %` : `${rate.value} replicas`;
    return `${amount} in ${seconds(rate.period)}`;
  });
  return `at most ${rates.join(rules.selectPolicy === 'Max' ? ' or ' : ' and ')}`;
}
