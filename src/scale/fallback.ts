import type { Fallback } from '../policy/policy.js';
import { type Context, pass } from './context.js';
import type { Step } from './reason.js';
import { seconds } from './seconds.js';

/** `failureThreshold` counts looks, as KEDA's does polls; a pass that was woken early is none. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * KEDA's fallback: what a page has while nothing of its metric is measured, instead of what it happens to have. It
 * comes after activation and needs no replica to begin with, so it works from 0 (keda#7239); how fast the number may
 * follow it is for the pace to say.
 */
export function fallbackStep(context: Context, desired: number): Step {
  const { policy, measured, history, now, startedAt, current } = context;
  const { fallback } = policy;
  if (fallback === null || measured !== null || history.blindSince === 0) return pass('fallback', desired);
  // A daemon that starts has measured nothing yet, which is no failure.
  const blindFor = now - Math.max(history.blindSince, startedAt);
  if (blindFor < fallback.failureThreshold * LOOK_INTERVAL_MS) return pass('fallback', desired);
  return {
    step: 'fallback',
    value: replicasOf(fallback, current),
    reason: 'FallbackActive',
    detail: `nothing was measured for ${seconds(blindFor)}: ${describe(fallback)}`,
  };
}

function replicasOf({ behavior, replicas }: Fallback, current: number): number {
  switch (behavior) {
    case 'currentReplicas':
      return current;
    case 'currentReplicasIfHigher':
      return Math.max(current, replicas);
    case 'currentReplicasIfLower':
      return Math.min(current, replicas);
    case 'static':
      return replicas;
    default:
      return behavior satisfies never;
  }
}

function describe({ behavior, replicas }: Fallback): string {
  return behavior === 'currentReplicas' ? behavior : `${behavior}, replicas ${replicas}`;
}
