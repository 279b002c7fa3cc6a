/**
 * Why a number is what it is. The words are HPA's where HPA has one
 * (kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal.go); the set is closed, so it may label a metric.
 */
export const REASONS = [
  'MetricAboveTarget',
  'MetricBelowTarget',
  'MetricUnavailable',
  'BelowActivation',
  'WithinTolerance',
  'Panic',
  'FallbackActive',
  'ScheduleActive',
  'ScaleUpStabilized',
  'ScaleDownStabilized',
  'StartupHold',
  'ScaleUpLimit',
  'ScaleDownLimit',
  'CooldownActive',
  'TooFewReplicas',
  'TooManyReplicas',
  'Pinned',
  'Paused',
  'BackoffActive',
  'Quarantined',
  'BudgetExceeded',
  'AddressesExhausted',
  'DesiredWithinRange',
] as const;

export type Reason = (typeof REASONS)[number];

/** One link of a decision's chain: the number of replicas after this step, and why. */
export interface Step {
  readonly step: string;
  readonly value: number;
  readonly reason: Reason;
  /** The figures behind it, in the operator's words. */
  readonly detail: string;
}
