import type { DnsSettings } from '../policy/policy.js';
import type { Replica } from './replica.js';
import { seconds } from './seconds.js';

export type DrainVerdict =
  | { readonly done: true; readonly reason: string }
  /** `at`: monotonic milliseconds before which nothing can change. */
  | { readonly done: false; readonly reason: string; readonly at: number };

/** How long connections must have been idle, since a client may come back between two looks at the counters. */
const IDLE_MS = 1_000;

/**
 * A draining replica may go when the last answer with its address has run out of every cache (the largest TTL handed
 * out, plus grace) and its connections are idle. The cap limits the wait for idleness, never the wait for the TTL.
 */
export function drainVerdict(replica: Replica, drain: DnsSettings['drain'], now: number): DrainVerdict {
  if (replica.answerTtl === 0) return { done: true, reason: 'its address was never in an answer' };
  if (replica.withdrawnAt === null) {
    return { done: false, reason: 'its address is still in an answer', at: now };
  }
  const forgottenAt = replica.withdrawnAt + replica.answerTtl + drain.gracePeriod;
  if (now < forgottenAt) {
    const reason = `caches may hold its address for ${seconds(forgottenAt - now)}`;
    return { done: false, reason, at: forgottenAt };
  }
  const idleAt = replica.busyAt + IDLE_MS;
  if (!drain.untilIdle || now >= idleAt)
    return { done: true, reason: 'no cache holds its address, and it is idle' };
  const cappedAt = replica.stateSince + drain.maxDuration;
  if (now >= cappedAt) {
    return { done: true, reason: `still busy, but ${seconds(drain.maxDuration)} of draining have passed` };
  }
  return { done: false, reason: 'connections are open', at: Math.min(idleAt, cappedAt) };
}
