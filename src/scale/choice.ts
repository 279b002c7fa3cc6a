import type { DriverName, Placement } from '../policy/policy.js';
import { backoff } from './backoff.js';
import type { Ledger, Shortage } from './ledger.js';
import type { PlannedPage, Resting } from './planned.js';
import type { Step } from './reason.js';
import { seconds } from './seconds.js';

/** Where the next replica of a page boots, or what keeps it from booting anywhere. */
export type Choice =
  | { readonly kind: 'found'; readonly placement: Placement }
  /** `short`: the limits that pages share leave no room, for that placement first of all. */
  | ({ readonly kind: 'short'; readonly shortage: Shortage; readonly placement: Placement } & Why)
  | ({ readonly kind: 'refused' } & Why);

type Why = Pick<Step, 'step' | 'reason' | 'detail'>;

/**
 * The first placement in the policy's order that has room, works for this page, and fits into the budgets: one that
 * fails keeps nobody from the next (kubernetes/autoscaler#6601). `placed`: what the page has already.
 */
export function choose(
  { policy, decision }: PlannedPage,
  placed: readonly { readonly driver: DriverName }[],
  ledger: Ledger,
  resting: Resting,
  now: number,
): Choice {
  const refusals: ({ readonly driver: DriverName } & Why)[] = [];
  let short: { readonly shortage: Shortage; readonly placement: Placement } | null = null;
  for (const placement of policy.placement) {
    const { driver, maxReplicas, hourlyCost } = placement;
    const until = resting.get(driver) ?? 0;
    const pause = backoff(policy, decision.history.failures[driver], now);
    const shortage = ledger.shortage(policy.name, hourlyCost);
    if (placed.filter((other) => other.driver === driver).length >= maxReplicas) {
      const detail = `the placement has its maxReplicas ${maxReplicas}`;
      refusals.push({ driver, step: 'budget', reason: 'BudgetExceeded', detail });
    } else if (now < until) {
      const detail = `there was no room for more, asked again in ${seconds(until - now)}`;
      refusals.push({ driver, step: 'back-off', reason: 'BackoffActive', detail });
    } else if (pause !== null) {
      refusals.push({ driver, step: 'back-off', ...pause });
    } else if (shortage !== null) {
      short ??= { shortage, placement };
      refusals.push({ driver, step: 'budget', reason: 'BudgetExceeded', detail: shortage.detail });
    } else return { kind: 'found', placement };
  }
  const why = summary(refusals);
  return short === null ? { kind: 'refused', ...why } : { kind: 'short', ...short, ...why };
}

/** What could change by itself is told before what is full for good. */
function summary(refusals: readonly ({ readonly driver: DriverName } & Why)[]): Why {
  const first = refusals.find(({ step }) => step === 'back-off') ?? refusals[0];
  if (first === undefined) throw new Error('a policy has no placement');
  const { step, reason, detail } = first;
  if (refusals.length === 1) return { step, reason, detail };
  return { step, reason, detail: refusals.map((each) => `${each.driver}: ${each.detail}`).join('; ') };
}
