import type { PageLoad } from '../load/load.js';
import type { Policy } from '../policy/policy.js';
import { type ByHand, byHandStep, NOTHING_BY_HAND } from './by-hand.js';
import type { Context, Stage } from './context.js';
import { fallbackStep } from './fallback.js';
import { boundsStep, cooldownStep } from './gates.js';
import type { PageHistory } from './history.js';
import { recommend } from './history.js';
import { isPanic, type Measured, measure } from './metric.js';
import { rateLimitStep } from './rate-limit.js';
import type { Step } from './reason.js';
import { places, type Replica } from './replica.js';
import { scheduleStep } from './schedule-step.js';
import { NOTHING_SCHEDULED, type ScheduledBounds } from './scheduled.js';
import { stabilizationStep } from './stabilization.js';
import { metricStep, panicStep, toleranceStep } from './target.js';

export interface DecideInput {
  readonly page: string;
  readonly policy: Policy;
  readonly load: PageLoad;
  /** The page's replicas that serve its present content. */
  readonly replicas: readonly Replica[];
  readonly history: PageHistory;
  /** Nothing, unless given. */
  readonly byHand?: ByHand;
  /** What the policy's schedules say now; nothing, unless given. */
  readonly scheduled?: ScheduledBounds;
  /** Monotonic milliseconds; so is `startedAt`, when this daemon started to measure. */
  readonly now: number;
  readonly startedAt: number;
}

/** How many replicas a page should have, and the whole chain of reasons that led there. */
export interface Decision {
  readonly page: string;
  readonly policy: string;
  readonly current: number;
  readonly serving: number;
  readonly desired: number;
  readonly measured: Measured | null;
  readonly panicking: boolean;
  readonly chain: readonly Step[];
  /** To be handed to the next decision on this page. */
  readonly history: PageHistory;
}

/** What load and schedules ask for, before any rule about change. */
const RECOMMENDATION: readonly Stage[] = [metricStep, toleranceStep, panicStep, fallbackStep, scheduleStep];
/** How fast the number may follow it; never applied to bounds (keda#5263, keda#6709). */
const PACE: readonly Stage[] = [stabilizationStep, rateLimitStep, cooldownStep];
const LIMITS: readonly Stage[] = [boundsStep];

/**
 * Desired replicas = ceil(load / target), then tolerance, panic, fallback, schedules, stabilization, rate limits, cooldown,
 * bounds and what was ordered by hand, in this order. What keeps a page from getting them (back-off, budgets, addresses)
 * is for `plan` to say.
 */
export function decide(input: DecideInput): Decision {
  const { page, policy, now } = input;
  const capacity = places(input.replicas);
  const measured = measure(policy.metric, input.load);
  const context: Context = {
    policy,
    measured,
    current: capacity.length,
    serving: input.replicas.filter((replica) => replica.state === 'serving').length,
    history: remember(input.history, policy, measured, capacity.length, now),
    scheduled: input.scheduled ?? NOTHING_SCHEDULED,
    now,
    startedAt: input.startedAt,
  };

  const recommended = walk(context, RECOMMENDATION, context.current);
  const history = recommend(context.history, recommended.desired, longestWindow(policy), now);
  const paced = walk({ ...context, history }, PACE, recommended.desired);
  const limited = walk({ ...context, history }, LIMITS, paced.desired);
  const byHand = byHandStep(input.byHand ?? NOTHING_BY_HAND, policy, context.current, limited.desired);
  return {
    page,
    policy: policy.name,
    current: context.current,
    serving: context.serving,
    desired: byHand.value,
    measured,
    panicking: now < history.panicUntil,
    chain: [...recommended.chain, ...paced.chain, ...limited.chain, byHand],
    history,
  };
}

/** The longest time that any rule of the policy looks back. */
export function longestWindow(policy: Policy): number {
  const { scaleUp, scaleDown } = policy.behavior;
  const periods = [...scaleUp.policies, ...scaleDown.policies].map((rate) => rate.period);
  const { cooldown } = policy;
  return Math.max(
    scaleUp.stabilizationWindow,
    scaleDown.stabilizationWindow,
    cooldown.scaleUp,
    cooldown.scaleDown,
    ...periods,
  );
}

function walk(context: Context, stages: readonly Stage[], start: number): { desired: number; chain: Step[] } {
  const chain: Step[] = [];
  let desired = start;
  for (const stage of stages) {
    const step = stage(context, desired);
    desired = step.value;
    chain.push(step);
  }
  return { desired, chain };
}

/** Starts, extends or ends what is remembered about panic and inactivity. */
function remember(
  history: PageHistory,
  policy: Policy,
  measured: Measured | null,
  current: number,
  now: number,
): PageHistory {
  if (measured === null) {
    // Kept only for those who ask, since a page with a history is decided on in every pass.
    const isNews = policy.fallback !== null && history.blindSince === 0;
    return isNews ? { ...history, blindSince: now } : history;
  }
  const { metric } = policy;
  const isActive = measured.stable > 0 && measured.stable >= metric.activation * (1 - metric.tolerance);
  return {
    ...history,
    panicUntil: isPanic(metric, measured, current)
      ? now + metric.stableWindow
      : now < history.panicUntil
        ? history.panicUntil
        : 0,
    blindSince: 0,
    inactiveSince: isActive ? 0 : history.inactiveSince === 0 ? now : history.inactiveSince,
  };
}
