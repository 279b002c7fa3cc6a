import type { Reason } from './reason.js';

export interface ReasonMeaning {
  /** One sentence for whoever sees the reason in an explanation, a label or a log for the first time. */
  readonly meaning: string;
  /** What the operator may set about it: keys of the policy, and options of `hotzone serve`. */
  readonly settings: readonly string[];
}

/** What each reason means; the words of `Step.detail` then have the figures. */
export const REASON_MEANINGS: Readonly<Record<Reason, ReasonMeaning>> = {
  MetricAboveTarget: {
    meaning:
      'The load asks for more replicas than there are: ceil(load / target) is above the present number.',
    settings: ['metric.type', 'metric.target', 'metric.stableWindow'],
  },
  MetricBelowTarget: {
    meaning:
      'The load asks for fewer replicas than there are: ceil(load / target) is below the present number.',
    settings: ['metric.type', 'metric.target', 'metric.stableWindow'],
  },
  MetricUnavailable: {
    meaning:
      'A signal that the metric needs was not measured; that is not zero, so nothing is taken away for it.',
    settings: ['metric.type', '--origin-counts'],
  },
  BelowActivation: {
    meaning: 'The load is too small for a dedicated server, so the origin serves the page alone.',
    settings: ['metric.activation'],
  },
  WithinTolerance: {
    meaning: 'The load is so near to what the present replicas are for that a change would not pay.',
    settings: ['metric.tolerance'],
  },
  Panic: {
    meaning:
      'The load of the last moments is far above what there is, so it is followed at once, and nothing goes away until it was calm for a stable window.',
    settings: ['metric.panic.window', 'metric.panic.threshold'],
  },
  FallbackActive: {
    meaning:
      'Nothing was measured for so long that the policy does not wait any more: it says what the page has meanwhile.',
    settings: ['fallback'],
  },
  ScheduleActive: {
    meaning: 'A schedule is open that has another floor or ceiling than the policy has at other times.',
    settings: ['schedules'],
  },
  ScaleUpStabilized: {
    meaning: 'Fewer replicas were recommended a short while ago, so the rise waits until it has lasted.',
    settings: ['behavior.scaleUp.stabilizationWindow'],
  },
  ScaleDownStabilized: {
    meaning: 'More replicas were recommended a short while ago, so the fall waits until it has lasted.',
    settings: ['behavior.scaleDown.stabilizationWindow'],
  },
  StartupHold: {
    meaning: 'The daemon has measured for less than a stable window, so it takes nothing away yet.',
    settings: ['metric.stableWindow'],
  },
  ScaleUpLimit: {
    meaning: 'As many replicas as the policy lets boot within a period have booted; the rest comes later.',
    settings: ['behavior.scaleUp.policies', 'behavior.scaleUp.selectPolicy'],
  },
  ScaleDownLimit: {
    meaning: 'As many replicas as the policy lets go within a period have gone; the rest goes later.',
    settings: ['behavior.scaleDown.policies', 'behavior.scaleDown.selectPolicy'],
  },
  CooldownActive: {
    meaning: 'The last change in this direction is too recent, or the last replica may not go yet.',
    settings: ['cooldown.scaleUp', 'cooldown.scaleDown', 'cooldown.toZero'],
  },
  TooFewReplicas: {
    meaning: 'Fewer replicas would do for the load, and the policy always wants more.',
    settings: ['minReplicas'],
  },
  TooManyReplicas: {
    meaning: 'The load asks for more replicas than the policy ever gives to a page.',
    settings: ['maxReplicas'],
  },
  Pinned: {
    meaning: 'An operator has pinned the page at this number ("hotzone pin", "hotzone unpin").',
    settings: ['budget.maxInstances', 'placement.maxReplicas', '--max-instances'],
  },
  Paused: {
    meaning:
      'An operator has paused the page or all of them ("hotzone pause", "hotzone resume"): nothing moves.',
    settings: [],
  },
  BackoffActive: {
    meaning:
      'Replicas of the page failed to boot by every placement, or its drivers are full, so the next attempt waits, longer each time.',
    settings: ['backoff.initial', 'backoff.max', 'backoff.resetAfter'],
  },
  Quarantined: {
    meaning:
      'Too many boots failed in a row; the origin serves until the page or its policy changes, or "hotzone release". The log says how each failed.',
    settings: ['backoff.quarantineAfter'],
  },
  BudgetExceeded: {
    meaning: 'A limit that pages share is reached, so the page gets fewer replicas than it is to have.',
    settings: [
      'budget.maxInstances',
      'budget.maxHourlyCost',
      'budget.onExceeded',
      'placement.maxReplicas',
      'placement.hourlyCost',
      'priority',
      '--max-instances',
      '--max-hourly-cost',
    ],
  },
  AddressesExhausted: {
    meaning: 'No address is free for another replica; one that was used rests before another page gets it.',
    settings: ['--pool'],
  },
  DesiredWithinRange: {
    meaning: 'Nothing speaks against the number: it stays as it is.',
    settings: [],
  },
};
