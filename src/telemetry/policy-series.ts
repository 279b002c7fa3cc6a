import { REASONS } from '../scale/reason.js';
import { DIRECTIONS } from './label-sets.js';
import type { DeclaredMetrics } from './metrics.js';

export interface PolicySample {
  readonly policy: string;
  /** Load, desired and ready replicas summed over the policy's pages; `null` when nothing was measured. */
  readonly metricValue: number | null;
  readonly target: number;
  readonly desired: number;
  readonly ready: number;
  readonly max: number;
  readonly panic: boolean;
}

export function setPolicy(declared: DeclaredMetrics, sample: PolicySample): void {
  const { policy } = sample;
  // No data is not zero: the series ends, and a graph shows the gap.
  if (sample.metricValue === null) declared.policyMetricValue.remove({ policy });
  else declared.policyMetricValue.set({ policy }, sample.metricValue);
  declared.policyTargetValue.set({ policy }, sample.target);
  declared.policyDesired.set({ policy }, sample.desired);
  declared.policyReady.set({ policy }, sample.ready);
  declared.policyMax.set({ policy }, sample.max);
  declared.policyPanic.set({ policy }, sample.panic ? 1 : 0);
}

/** Removes every series of a policy that is no more. */
export function removePolicy(declared: DeclaredMetrics, policy: string): void {
  for (const gauge of [
    declared.policyMetricValue,
    declared.policyTargetValue,
    declared.policyDesired,
    declared.policyReady,
    declared.policyMax,
    declared.policyPanic,
  ])
    gauge.remove({ policy });
  for (const direction of DIRECTIONS)
    for (const reason of REASONS) declared.decisions.remove({ policy, direction, reason });
}
