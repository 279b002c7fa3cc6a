import type { Policy } from '../policy/policy.js';
import type { PageHistory } from './history.js';
import type { Step } from './reason.js';
import { seconds } from './stabilization.js';

/**
 * Why nothing may boot for the page now; null when it may. After failed boots there is a pause, longer each time;
 * after many in a row the origin serves until the page or its policy changes. What is desired stays what it is.
 */
export function backoff(
  policy: Policy,
  history: PageHistory,
  now: number,
): Pick<Step, 'reason' | 'detail'> | null {
  const { failures, failedAt } = history;
  const { initial, max, resetAfter, quarantineAfter } = policy.backoff;
  if (failures === 0 || now - failedAt > resetAfter) return null;
  if (failures >= quarantineAfter) {
    const detail = `${failures} failures in a row: the origin serves until the page or its policy changes, or it is released by hand`;
    return { reason: 'Quarantined', detail };
  }
  const until = failedAt + Math.min(max, initial * 2 ** (failures - 1));
  if (now >= until) return null;
  return {
    reason: 'BackoffActive',
    detail: `${failures} failures in a row, next attempt in ${seconds(until - now)}`,
  };
}
