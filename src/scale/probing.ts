import type { ProbeSettings } from '../policy/policy.js';
import type { Replica } from './replica.js';
import { seconds } from './seconds.js';

export type ProbeOutcome =
  | { readonly kind: 'ok' }
  /** Nothing answered: while a replica boots this is what one expects. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** Something answered, and it was not the page. */
  | { readonly kind: 'wrong'; readonly detail: string };

/** What a probe's outcome does to a replica. */
export type ProbeVerdict =
  | { readonly kind: 'keep'; readonly streak: number }
  | { readonly kind: 'probing'; readonly streak: number; readonly reason: string }
  | { readonly kind: 'serving'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly cause: 'boot_timeout' | 'probe_failed' | 'died';
      readonly reason: string;
    };

/**
 * Consecutive outcomes count, and one of the other kind starts anew: successes let a replica into the answers, failures
 * take it out. A booting replica that does not answer yet has until its boot time-out.
 */
export function judgeProbe(
  replica: Replica,
  outcome: ProbeOutcome,
  settings: ProbeSettings,
  bootTimeoutMs: number,
  now: number,
): ProbeVerdict {
  const isBooting = replica.state === 'booting';
  if (outcome.kind === 'ok') {
    const streak = Math.max(0, replica.probeStreak) + 1;
    if (replica.state === 'serving') return { kind: 'keep', streak: 1 };
    if (streak >= settings.successThreshold) return { kind: 'serving', reason: 'it serves the page' };
    return isBooting ? { kind: 'probing', streak, reason: 'it answers' } : { kind: 'keep', streak };
  }
  const isLate = replica.state !== 'serving' && now - replica.stateSince >= bootTimeoutMs;
  if (isLate) {
    const reason = `it did not serve within ${seconds(bootTimeoutMs)}: ${outcome.detail}`;
    return { kind: 'failed', cause: 'boot_timeout', reason };
  }
  if (isBooting && outcome.kind === 'unreachable') return { kind: 'keep', streak: 0 };
  const streak = Math.min(0, replica.probeStreak) - 1;
  if (-streak >= settings.failureThreshold) {
    const reason = `${-streak} probes in a row failed: ${outcome.detail}`;
    return { kind: 'failed', cause: replica.state === 'serving' ? 'died' : 'probe_failed', reason };
  }
  return isBooting ? { kind: 'probing', streak, reason: outcome.detail } : { kind: 'keep', streak };
}
