import { REASONS, type Reason } from '../scale/reason.js';
import { DIRECTIONS, TELLING_REASONS } from './label-sets.js';
import type { DeclaredMetrics } from './metrics.js';

export interface PolicySample {
  readonly policy: string;
  /** Load, desired and ready replicas summed over the policy's pages; `null` when nothing was measured. */
  readonly metricValue: number | null;
  readonly target: number;
  readonly desired: number;
  readonly ready: number;
  readonly max: number;
  readonly hourlyCost: number;
  /** `null`: no limit. */
  readonly maxHourlyCost: number | null;
  readonly panic: boolean;
  readonly dryRun: boolean;
  /** How many pages have the reason in their present decision. */
  readonly pagesByReason: ReadonlyMap<Reason, number>;
}

/** A rate over a series that begins with its first event misses that event, so decisions that change something start at 0. */
export function initialiseDecisions(declared: DeclaredMetrics, policy: string): void {
  for (const direction of ['up', 'down'] as const)
    for (const reason of TELLING_REASONS) declared.decisions.inc({ policy, direction, reason }, 0);
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
  declared.policyCost.set({ policy }, sample.hourlyCost);
  if (sample.maxHourlyCost === null) declared.policyMaxCost.remove({ policy });
  else declared.policyMaxCost.set({ policy }, sample.maxHourlyCost);
  declared.policyPanic.set({ policy }, sample.panic ? 1 : 0);
  declared.policyDryRun.set({ policy }, sample.dryRun ? 1 : 0);
  for (const reason of TELLING_REASONS)
    declared.policyReasonPages.set({ policy, reason }, sample.pagesByReason.get(reason) ?? 0);
}

/** Removes every series of a policy that is no more. */
export function removePolicy(declared: DeclaredMetrics, policy: string): void {
  for (const gauge of [
    declared.policyMetricValue,
    declared.policyTargetValue,
    declared.policyDesired,
    declared.policyReady,
    declared.policyMax,
    declared.policyCost,
    declared.policyMaxCost,
    declared.policyPanic,
    declared.policyDryRun,
  ])
    gauge.remove({ policy });
  for (const reason of TELLING_REASONS) declared.policyReasonPages.remove({ policy, reason });
  for (const direction of DIRECTIONS)
    for (const reason of REASONS) declared.decisions.remove({ policy, direction, reason });
}
