import type { Policy } from '../policy/policy.js';
import { pass } from './context.js';
import type { Step } from './reason.js';

/** What an operator has ordered for a page and is in force now; `detail` says who, and until when. */
export interface ByHand {
  readonly pin: { readonly replicas: number; readonly detail: string } | null;
  readonly pause: { readonly detail: string } | null;
}

export const NOTHING_BY_HAND: ByHand = { pin: null, pause: null };

/**
 * The operator has the last word on the number: a pin wins over the load, the pace and the policy's minReplicas and
 * maxReplicas, not over budgets and placements, which `plan` holds. A pause leaves what there is, and wins over a pin,
 * which then waits: who paused wants nothing to move.
 */
export function byHandStep(
  { pin, pause }: ByHand,
  policy: Pick<Policy, 'maxReplicas'>,
  current: number,
  desired: number,
): Step {
  if (pause !== null) {
    const detail = `${pause.detail}; nothing boots and nothing is taken away`;
    return { step: 'by hand', value: current, reason: 'Paused', detail };
  }
  if (pin !== null) {
    const beyond =
      pin.replicas > policy.maxReplicas ? `; maxReplicas is ${policy.maxReplicas}, which a pin may pass` : '';
    return { step: 'by hand', value: pin.replicas, reason: 'Pinned', detail: pin.detail + beyond };
  }
  return pass('by hand', desired);
}
