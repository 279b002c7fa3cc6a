import type { Policy } from '../policy/policy.js';
import type { PlacementFailures } from './history.js';
import type { Step } from './reason.js';
import { seconds } from './seconds.js';

/**
 * Why a placement may boot nothing for the page now; null when it may. After failed boots there is a pause, longer each
 * time; after many in a row the placement is out of the question until the page or its policy changes. What is desired
 * stays what it is, and the next placement is tried meanwhile.
 */
export function backoff(
  policy: Policy,
  failures: PlacementFailures | undefined,
  now: number,
): Pick<Step, 'reason' | 'detail'> | null {
  const { initial, max, resetAfter, quarantineAfter } = policy.backoff;
  if (failures === undefined || now - failures.at > resetAfter) return null;
  const { count, at } = failures;
  if (count >= quarantineAfter) {
    const detail = `${count} failures in a row: the origin serves until the page or its policy changes`;
    return { reason: 'Quarantined', detail };
  }
  const until = at + Math.min(max, initial * 2 ** (count - 1));
  if (now >= until) return null;
  return {
    reason: 'BackoffActive',
    detail: `${count} failures in a row, next attempt in ${seconds(until - now)}`,
  };
}
