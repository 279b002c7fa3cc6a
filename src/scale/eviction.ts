import type { Policy } from '../policy/policy.js';
import type { Ledger, Shortage } from './ledger.js';
import { isUntouchable, type PlannedPage } from './planned.js';
import type { Step } from './reason.js';
import { mustDrain, type Replica } from './replica.js';

/** A replica that has to make room, and for what. */
export interface Eviction {
  readonly replica: Replica;
  readonly reason: string;
}

/** Those that may have to go: replicas that are to stay as far as anybody else is concerned. */
export interface Staying {
  readonly page: PlannedPage;
  readonly replicas: readonly Replica[];
}

/**
 * Who goes because a limit was lowered: of each policy that has too much, then of all, the lowest priority first. The
 * notes say why to the pages.
 */
export function shrink(
  staying: readonly Staying[],
  ledger: Ledger,
): { evictions: readonly Eviction[]; notes: ReadonlyMap<string, Step> } {
  const evictions: Eviction[] = [];
  const notes = new Map<string, Step>();
  const gone = new Set<Replica>();
  const policies = new Set(staying.map(({ page }) => page.policy.name));
  for (const policy of [...policies, null]) {
    for (let excess = ledger.excess(policy); excess !== null; excess = ledger.excess(policy)) {
      const victim = firstToGo(
        staying,
        gone,
        excess.of,
        ledger,
        (other) => policy === null || other.name === policy,
      );
      if (victim === null) break;
      gone.add(victim.replica);
      ledger.leave(victim.replica);
      evictions.push({ replica: victim.replica, reason: `BudgetExceeded: ${excess.detail}` });
      const value = victim.left - 1;
      notes.set(victim.page, { step: 'budget', value, reason: 'BudgetExceeded', detail: excess.detail });
    }
  }
  return { evictions, notes };
}

/**
 * Who goes so that `policy` may boot one more of that price: of lower priority, as few as it takes, and none when even
 * all of them would not do. The room is not free before they are gone. `gone`: who has been sent away already.
 */
export function makeRoom(
  policy: Policy,
  price: number,
  shortage: Shortage,
  staying: readonly Staying[],
  gone: ReadonlySet<Replica>,
  ledger: Ledger,
): readonly Replica[] {
  const trial = ledger.copy();
  const leaving = new Set(gone);
  const isLower = (other: Policy): boolean => other.priority < policy.priority;
  while (!trial.willHaveRoom(price)) {
    const victim = firstToGo(staying, leaving, shortage.of, ledger, isLower);
    if (victim === null) return [];
    leaving.add(victim.replica);
    trial.leave(victim.replica);
  }
  return [...leaving].filter((replica) => !gone.has(replica));
}

interface Candidate {
  readonly replica: Replica;
  readonly page: string;
  readonly priority: number;
  /** How many the page still has, with this one. */
  readonly left: number;
}

/** The first to go: of the lowest priority, not known to caches, of the page that has most, the youngest. */
function firstToGo(
  staying: readonly Staying[],
  gone: ReadonlySet<Replica>,
  of: Shortage['of'],
  ledger: Ledger,
  mayGo: (policy: Policy) => boolean,
): Candidate | null {
  let first: Candidate | null = null;
  for (const { page, replicas } of staying) {
    if (!mayGo(page.policy) || isUntouchable(page)) continue;
    const there = replicas.filter((replica) => !gone.has(replica));
    for (const replica of there) {
      if (of === 'money' && ledger.priceOf(replica) === 0) continue;
      const candidate = { replica, page: page.path, priority: page.policy.priority, left: there.length };
      if (first === null || goesBefore(candidate, first)) first = candidate;
    }
  }
  return first;
}

function goesBefore(a: Candidate, b: Candidate): boolean {
  const order =
    a.priority - b.priority ||
    Number(mustDrain(a.replica)) - Number(mustDrain(b.replica)) ||
    b.left - a.left ||
    b.replica.createdAt - a.replica.createdAt;
  return order < 0;
}
