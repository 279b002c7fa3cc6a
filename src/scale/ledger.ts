import type { Policy } from '../policy/policy.js';
import { isAlive, isCapacity, type Replica } from './replica.js';

/** Whose limit leaves no room, and what of: one policy's or that of all, instances or money. */
export interface Shortage {
  readonly scope: 'policy' | 'all';
  readonly of: 'instances' | 'money';
  readonly detail: string;
}

/** Money in millionths, since sums of fractions must come out even: ten times 0.1 is 1. */
interface Sum {
  readonly instances: number;
  readonly money: number;
}

interface Account {
  readonly limit: Sum;
  readonly used: Sum;
  /** Of what is used, what will be free when it is gone. */
  readonly leaving: Sum;
}

const NOTHING: Sum = { instances: 0, money: 0 };
const MILLIONTHS = 1_000_000;

/**
 * What the budgets hold, and what counts against them. A replica counts from the intent to boot it until it is gone,
 * so no number of ticks, crashes or slow drivers can overshoot a limit.
 */
export class Ledger {
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #accounts = new Map<string, Account>();
  #all: Account;

  constructor(
    fleet: readonly Replica[],
    policies: readonly Policy[],
    limits: { readonly maxInstances: number; readonly maxHourlyCost?: number | null },
  ) {
    this.#policies = new Map(policies.map((policy) => [policy.name, policy]));
    this.#all = open(limits.maxInstances, limits.maxHourlyCost);
    for (const replica of fleet.filter(isAlive)) {
      this.book(replica.policy, this.priceOf(replica));
      if (!isCapacity(replica)) this.leave(replica);
    }
  }

  /** What a replica costs an hour: by its policy's present price, or the one that it was booted for. */
  priceOf({ policy, driver, hourlyCost }: Replica): number {
    const places = this.#policies.get(policy)?.placement ?? [];
    return places.find((place) => place.driver === driver)?.hourlyCost ?? hourlyCost;
  }

  /** Why one more of that price has no room now; null when it has. */
  shortage(policy: string, price: number): Shortage | null {
    return (
      lack(this.#account(policy), sumOf(price), 'policy', policy) ?? lack(this.#all, sumOf(price), 'all')
    );
  }

  /** Whether one more will have room once all has gone that is on its way out. */
  willHaveRoom(price: number): boolean {
    return lack(settled(this.#all), sumOf(price), 'all') === null;
  }

  /** What even those that stay have too much of; `policy` null: all policies together. */
  excess(policy: string | null): Shortage | null {
    const account = policy === null ? this.#all : this.#account(policy);
    return lack(settled(account), NOTHING, policy === null ? 'all' : 'policy', policy ?? '');
  }

  /** What counts against a budget now; `policy` null: that of all policies together. */
  standing(policy: string | null): { readonly instances: number; readonly hourlyCost: number } {
    const { instances, money } = (policy === null ? this.#all : this.#account(policy)).used;
    return { instances, hourlyCost: money / MILLIONTHS };
  }

  /** One more is to boot, or is promised the room that others leave. */
  book(policy: string, price: number): void {
    this.#change(policy, (account) => ({ ...account, used: add(account.used, sumOf(price)) }));
  }

  /** It is on its way out; its room is free when it is gone. */
  leave(replica: Replica): void {
    const sum = sumOf(this.priceOf(replica));
    this.#change(replica.policy, (account) => ({ ...account, leaving: add(account.leaving, sum) }));
  }

  /** An independent one with the same entries, to find out what would be. */
  copy(): Ledger {
    const copy = new Ledger([], [...this.#policies.values()], { maxInstances: 0 });
    copy.#all = this.#all;
    for (const [policy, account] of this.#accounts) copy.#accounts.set(policy, account);
    return copy;
  }

  #account(policy: string): Account {
    const budget = this.#policies.get(policy)?.budget;
    return this.#accounts.get(policy) ?? open(budget?.maxInstances, budget?.maxHourlyCost);
  }

  #change(policy: string, change: (account: Account) => Account): void {
    this.#all = change(this.#all);
    this.#accounts.set(policy, change(this.#account(policy)));
  }
}

/** What is not given is no limit. */
function open(maxInstances: number | undefined, maxHourlyCost: number | null | undefined): Account {
  const limit = {
    instances: maxInstances ?? Number.POSITIVE_INFINITY,
    money: Math.round((maxHourlyCost ?? Number.POSITIVE_INFINITY) * MILLIONTHS),
  };
  return { limit, used: NOTHING, leaving: NOTHING };
}

function sumOf(price: number): Sum {
  return { instances: 1, money: Math.round(price * MILLIONTHS) };
}

function add(a: Sum, b: Sum): Sum {
  return { instances: a.instances + b.instances, money: a.money + b.money };
}

/** As it is when all that is on its way out has gone. */
function settled({ limit, used, leaving }: Account): Account {
  const rest = { instances: used.instances - leaving.instances, money: used.money - leaving.money };
  return { limit, used: rest, leaving: NOTHING };
}

function lack({ limit, used }: Account, more: Sum, scope: Shortage['scope'], policy = ''): Shortage | null {
  const whose = scope === 'all' ? 'all policies together' : `policy ${policy}`;
  if (used.instances + more.instances > limit.instances) {
    const detail = `${whose} may have ${limit.instances} instances, and ${used.instances} exist`;
    return { scope, of: 'instances', detail };
  }
  // What costs nothing needs no room, also beside a budget of 0 or one that was lowered.
  if (more.money === 0 && more.instances > 0) return null;
  if (used.money + more.money > limit.money) {
    const price = more.money === 0 ? '' : `, and one more costs ${money(more.money)}`;
    const detail = `${whose} may cost ${money(limit.money)} an hour, of which ${money(used.money)} is taken${price}`;
    return { scope, of: 'money', detail };
  }
  return null;
}

function money(millionths: number): string {
  return String(millionths / MILLIONTHS);
}
