import { renew, shareBudget } from './boots.js';
import { type Staying, shrink } from './eviction.js';
import { Ledger } from './ledger.js';
import { retirements } from './lifetime.js';
import {
  isUntouchable,
  type Plan,
  type PlanInput,
  type Withdrawal,
  type WithdrawalCause,
} from './planned.js';
import { isCapacity, isPending, mustDrain, places, type Replica } from './replica.js';
import { why } from './why.js';

export type { Boot, Plan, PlanInput, PlannedPage, Withdrawal, WithdrawalCause } from './planned.js';

/** Picks who goes, holds the budgets, and shares what they have left. */
export function plan(input: PlanInput): Plan {
  const { pages, fleet, isFresh, now } = input;
  const ledger = new Ledger(
    fleet,
    pages.map(({ policy }) => policy),
    input,
  );
  const drains: Withdrawal[] = [];
  const cancels: Withdrawal[] = [];
  const leaving = new Set<Replica>();
  const withdraw = (replica: Replica, cause: WithdrawalCause, reason: string): void => {
    leaving.add(replica);
    if (mustDrain(replica)) drains.push({ replica, cause, reason });
    else if (isPending(replica)) cancels.push({ replica, cause, reason });
  };
  const stay = (replica: Replica): boolean => !leaving.has(replica);

  const byPage = groupByPage(fleet.filter(isCapacity));
  const planned = new Map(pages.map((page) => [page.path, page]));
  for (const [path, replicas] of byPage) {
    for (const replica of replicas) {
      if (!isFresh(replica)) withdraw(replica, 'stale_content', 'the page changed or is gone');
      else if (!planned.has(path)) withdraw(replica, 'policy_removed', 'no policy matches the page any more');
    }
  }
  for (const { decision } of pages) {
    const fresh = places((byPage.get(decision.page) ?? []).filter(stay));
    for (const replica of victims(fresh, fresh.length - decision.desired))
      withdraw(replica, 'scale_down', why(decision));
  }
  for (const page of pages.filter((each) => !isUntouchable(each))) {
    const replicas = (byPage.get(page.path) ?? []).filter(stay);
    for (const { replica, reason } of retirements(page.policy, replicas, now))
      withdraw(replica, 'lifetime', reason);
  }
  for (const replica of leaving) {
    // In a dry run it stays, and so does what it takes of the budgets.
    if (planned.get(replica.page)?.policy.dryRun !== true) ledger.leave(replica);
  }

  const staying = (): readonly Staying[] =>
    pages.flatMap((page) => {
      const replicas = (byPage.get(page.path) ?? []).filter(stay);
      return replicas.length === 0 ? [] : [{ page, replicas }];
    });
  const shrunk = shrink(staying(), ledger);
  for (const { replica, reason } of shrunk.evictions) withdraw(replica, 'budget', reason);
  const shared = shareBudget(pages, staying(), ledger, input.resting ?? new Map(), now);
  for (const { replica, reason } of shared.evicted) withdraw(replica, 'budget', reason);
  const renewed = renew(staying(), ledger, input);
  return {
    boots: [...shared.boots, ...renewed],
    drains,
    cancels,
    notes: new Map([...shrunk.notes, ...shared.notes]),
  };
}

export function groupByPage(replicas: readonly Replica[]): ReadonlyMap<string, readonly Replica[]> {
  const groups = new Map<string, Replica[]>();
  for (const replica of replicas) {
    const group = groups.get(replica.page);
    if (group === undefined) groups.set(replica.page, [replica]);
    else group.push(replica);
  }
  return groups;
}

/** Those that nobody knows yet first, then the youngest: caches know the oldest best. */
function victims(replicas: readonly Replica[], count: number): readonly Replica[] {
  if (count <= 0) return [];
  const rank = (replica: Replica): number => (mustDrain(replica) ? 1 : 0);
  return [...replicas].sort((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt).slice(0, count);
}
