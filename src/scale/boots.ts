import type { DriverName } from '../policy/policy.js';
import { choose } from './choice.js';
import { type Eviction, makeRoom, type Staying } from './eviction.js';
import type { Ledger } from './ledger.js';
import { dueForRenewal } from './lifetime.js';
import { type Boot, isUntouchable, type PlanInput, type PlannedPage, type Resting } from './planned.js';
import type { Step } from './reason.js';
import { places, type Replica } from './replica.js';
import { why } from './why.js';

export interface Boots {
  readonly boots: readonly Boot[];
  readonly evicted: readonly Eviction[];
  readonly notes: ReadonlyMap<string, Step>;
}

/** Shares what the budgets have left by priority, then by need. */
export function shareBudget(
  pages: readonly PlannedPage[],
  staying: readonly Staying[],
  ledger: Ledger,
  resting: Resting,
  now: number,
): Boots {
  const boots: Boot[] = [];
  const evicted: Eviction[] = [];
  const gone = new Set<Replica>();
  const lowest = staying.reduce((least, { page }) => Math.min(least, page.policy.priority), Infinity);
  const notes = new Map<string, Step>();
  const replicasOf = new Map(staying.map(({ page, replicas }) => [page.path, replicas]));
  for (const page of inOrderOfNeed(pages)) {
    const { path, policy, decision } = page;
    const fresh = places(replicasOf.get(path) ?? []);
    const wanted = decision.desired - fresh.length;
    const placed: { readonly driver: DriverName }[] = [...fresh];
    for (let more = 0; more < wanted; more += 1) {
      const choice = choose(page, placed, ledger, resting, now);
      if (choice.kind === 'found') {
        const { driver, hourlyCost } = choice.placement;
        boots.push({
          page: path,
          policy: policy.name,
          driver,
          hourlyCost,
          replaces: null,
          reason: why(decision),
        });
        placed.push(choice.placement);
        ledger.book(policy.name, hourlyCost);
        continue;
      }
      const { step, reason, detail } = choice;
      if (!notes.has(path)) notes.set(path, { step, value: placed.length, reason, detail });
      if (choice.kind === 'refused' || choice.shortage.scope === 'policy') break;
      const { hourlyCost } = choice.placement;
      const mayEvict = policy.budget.onExceeded === 'evictLowerPriority' && policy.priority > lowest;
      if (mayEvict && !isUntouchable(page)) {
        const why = `makes room for ${path}, whose policy ${policy.name} has priority`;
        for (const replica of makeRoom(policy, hourlyCost, choice.shortage, staying, gone, ledger)) {
          evicted.push({ replica, reason: why });
          gone.add(replica);
          ledger.leave(replica);
        }
      }
      if (!ledger.willHaveRoom(hourlyCost)) break;
      // Who comes first waits for the room that is on its way, and nobody else is sent away for it or takes it.
      ledger.book(policy.name, hourlyCost);
      placed.push(choice.placement);
    }
  }
  return { boots, evicted, notes };
}

/**
 * Successors of replicas whose lifetime is about to end, from what the budgets have left: where there is no room the
 * old one goes at its end, and then one is booted in its place as for any page that lacks one.
 */
export function renew(
  staying: readonly Staying[],
  ledger: Ledger,
  { resting, now }: PlanInput,
): readonly Boot[] {
  return staying.flatMap(({ page, replicas }) => {
    const { path, policy, decision } = page;
    const there = places(replicas);
    const old =
      there.length > decision.desired || isUntouchable(page) ? null : dueForRenewal(policy, replicas, now);
    if (old === null) return [];
    const others = there.filter((replica) => replica !== old);
    const choice = choose(page, others, ledger, resting ?? new Map(), now);
    if (choice.kind !== 'found') return [];
    const { driver, hourlyCost } = choice.placement;
    ledger.book(policy.name, hourlyCost);
    const reason = `in place of ${old.id}, whose instance.maxLifetime is about to end`;
    return [{ page: path, policy: policy.name, driver, hourlyCost, replaces: old.id, reason }];
  });
}

/**
 * Higher priority first; among equals the one that lacks the larger share of what it needs. What is only looked at
 * comes last, since it must not take anything from those that are real.
 */
function inOrderOfNeed(pages: readonly PlannedPage[]): readonly PlannedPage[] {
  const lack = ({ decision }: PlannedPage): number =>
    (decision.desired - decision.current) / Math.max(1, decision.desired);
  return pages
    .filter(({ decision }) => decision.desired > decision.current)
    .sort(
      (a, b) =>
        Number(a.policy.dryRun) - Number(b.policy.dryRun) ||
        b.policy.priority - a.policy.priority ||
        lack(b) - lack(a) ||
        (a.path < b.path ? -1 : 1),
    );
}
