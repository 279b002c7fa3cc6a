import type { Policy } from '../policy/policy.js';
import { backoff } from './backoff.js';
import type { Decision } from './decide.js';
import type { Step } from './reason.js';
import { isAlive, isCapacity, isPending, mustDrain, type Replica } from './replica.js';

/** What the plan needs to know of a page that exists. */
export interface PlannedPage {
  readonly path: string;
  readonly policy: Policy;
  readonly decision: Decision;
}

export interface PlanInput {
  readonly pages: readonly PlannedPage[];
  readonly fleet: readonly Replica[];
  /** Whether a replica's page still exists and still has the content that the replica serves. */
  readonly isFresh: (replica: Replica) => boolean;
  /** Instances over all policies. */
  readonly maxInstances: number;
  /** Monotonic milliseconds. */
  readonly now: number;
}

export interface Boot {
  readonly page: string;
  readonly policy: string;
  readonly driver: Policy['placement'][number]['driver'];
  readonly reason: string;
}

export type WithdrawalCause = 'scale_down' | 'stale_content' | 'policy_removed' | 'by_hand';

export interface Withdrawal {
  readonly replica: Replica;
  readonly cause: WithdrawalCause;
  readonly reason: string;
}

/** What to do about the difference between what is and what was decided. */
export interface Plan {
  readonly boots: readonly Boot[];
  /** Replicas that caches may know: they leave the answers, drain, and go. */
  readonly drains: readonly Withdrawal[];
  /** Replicas that were in no answer yet and can go at once. */
  readonly cancels: readonly Withdrawal[];
  /** By page, what keeps it from what was decided. */
  readonly notes: ReadonlyMap<string, Step>;
}

/** Shares the budget by priority, then by need, and picks who goes. */
export function plan(input: PlanInput): Plan {
  const drains: Withdrawal[] = [];
  const cancels: Withdrawal[] = [];
  const withdraw = (replica: Replica, cause: WithdrawalCause, reason: string): void => {
    if (mustDrain(replica)) drains.push({ replica, cause, reason });
    else if (isPending(replica)) cancels.push({ replica, cause, reason });
  };

  const byPage = groupByPage(input.fleet.filter(isCapacity));
  const planned = new Map(input.pages.map((page) => [page.path, page]));
  for (const [path, replicas] of byPage) {
    for (const replica of replicas) {
      if (!input.isFresh(replica)) withdraw(replica, 'stale_content', 'the page changed or is gone');
      else if (!planned.has(path)) withdraw(replica, 'policy_removed', 'no policy matches the page any more');
    }
  }
  for (const { decision } of input.pages) {
    const fresh = (byPage.get(decision.page) ?? []).filter(input.isFresh);
    for (const replica of victims(fresh, fresh.length - decision.desired))
      withdraw(replica, 'scale_down', why(decision));
  }

  const { boots, notes } = shareBudget(input, byPage);
  return { boots, drains, cancels, notes };
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

function shareBudget(
  input: PlanInput,
  byPage: ReadonlyMap<string, readonly Replica[]>,
): { boots: Boot[]; notes: Map<string, Step> } {
  const alive = input.fleet.filter(isAlive);
  const used = new Map<string, number>();
  for (const replica of alive) used.set(replica.policy, (used.get(replica.policy) ?? 0) + 1);
  let total = alive.length;

  const boots: Boot[] = [];
  const notes = new Map<string, Step>();
  for (const { path, policy, decision } of inOrderOfNeed(input.pages)) {
    const fresh = (byPage.get(path) ?? []).filter(input.isFresh);
    const wanted = decision.desired - fresh.length;
    const pause = wanted > 0 ? backoff(policy, decision.history, input.now) : null;
    if (pause !== null) {
      notes.set(path, { step: 'back-off', value: fresh.length, ...pause });
      continue;
    }
    for (let booted = 0; booted < wanted; booted += 1) {
      const ofPolicy = used.get(policy.name) ?? 0;
      const limit = budgetLimit(ofPolicy, policy, total, input.maxInstances);
      const driver =
        limit === null
          ? placementFor(policy, [...fresh, ...boots.filter((boot) => boot.page === path)])
          : null;
      if (driver === null) {
        const detail = limit ?? 'every placement of the policy has its maxReplicas';
        notes.set(path, { step: 'budget', value: fresh.length + booted, reason: 'BudgetExceeded', detail });
        break;
      }
      boots.push({ page: path, policy: policy.name, driver, reason: why(decision) });
      used.set(policy.name, ofPolicy + 1);
      total += 1;
    }
  }
  return { boots, notes };
}

/** Higher priority first; among equals the one that lacks the larger share of what it needs. */
function inOrderOfNeed(pages: readonly PlannedPage[]): readonly PlannedPage[] {
  const lack = ({ decision }: PlannedPage): number =>
    (decision.desired - decision.current) / Math.max(1, decision.desired);
  return pages
    .filter(({ decision }) => decision.desired > decision.current)
    .sort((a, b) => b.policy.priority - a.policy.priority || lack(b) - lack(a) || (a.path < b.path ? -1 : 1));
}

function budgetLimit(ofPolicy: number, policy: Policy, total: number, maxInstances: number): string | null {
  if (total >= maxInstances)
    return `all policies together may have ${maxInstances} instances, and ${total} exist`;
  if (ofPolicy >= policy.budget.maxInstances) {
    return `policy ${policy.name} may have ${policy.budget.maxInstances} instances, and ${ofPolicy} exist`;
  }
  return null;
}

function placementFor(policy: Policy, placed: readonly { readonly driver: string }[]): Boot['driver'] | null {
  const free = policy.placement.find(
    (placement) => placed.filter(({ driver }) => driver === placement.driver).length < placement.maxReplicas,
  );
  return free?.driver ?? null;
}

/** The last step that changed the number is the one to tell. */
function why(decision: Decision): string {
  const telling = decision.chain.findLast((step) => step.reason !== 'DesiredWithinRange');
  return telling === undefined ? 'as decided' : `${telling.reason}: ${telling.detail}`;
}
