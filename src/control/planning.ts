import type { Decision } from '../scale/decide.js';
import { NO_HISTORY } from '../scale/history.js';
import { type Plan, type PlannedPage, plan, type Withdrawal } from '../scale/plan.js';
import type { Step } from '../scale/reason.js';
import type { Replica } from '../scale/replica.js';
import type { Minute } from './minutes.js';
import { type ControlState, isFresh } from './state.js';

/** What to do about the decisions, with the fleet as it is. */
export function planFor(state: ControlState, pages: readonly PlannedPage[], now: number): Plan {
  return plan({
    pages,
    fleet: state.fleet.all(),
    isFresh: (replica) => isFresh(state, replica),
    maxInstances: state.maxInstances,
    maxHourlyCost: state.maxHourlyCost,
    resting: state.breakers.resting,
    now,
  });
}

/** A plan in the operator's words, with nothing done about it. */
export function foresee(
  state: Pick<ControlState, 'addresses' | 'fleet'>,
  planned: Plan,
  pages: readonly PlannedPage[],
  now: number,
): readonly Minute[] {
  const hasAddress = state.addresses.trial(now);
  const paths = new Set(pages.map(({ path }) => path));
  const leftOver = [...planned.drains, ...planned.cancels].filter(({ replica }) => !paths.has(replica.page));
  const decided = pages.map(({ path, policy, decision }) => {
    const boots = planned.boots.filter(({ page }) => page === path);
    // A dry run takes none of the addresses that others may have.
    const possible = policy.dryRun ? boots : boots.filter(({ page }) => hasAddress(page));
    const actions = [...possible.map(({ driver }) => `boot one by ${driver}`), ...withdrawals(planned, path)];
    const note = possible.length < boots.length ? noAddress(state, path) : planned.notes.get(path);
    const chain = note === undefined ? decision.chain : [...decision.chain, note];
    return { decision: { ...decision, chain }, actions, dryRun: policy.dryRun };
  });
  const others = [...new Map(leftOver.map((withdrawal) => [withdrawal.replica.page, withdrawal]))];
  return [
    ...decided,
    ...others.map(([page, withdrawal]) => ({
      decision: goodbye(withdrawal, leftOver.filter(({ replica }) => replica.page === page).length),
      actions: withdrawals(planned, page),
      dryRun: false,
    })),
  ];
}

function withdrawals({ drains, cancels }: Plan, page: string): readonly string[] {
  const describe = (verb: string, list: readonly Withdrawal[]): readonly string[] =>
    list
      .filter(({ replica }) => replica.page === page)
      .map(({ replica }) => `${verb} ${shortId(replica)} on ${replica.address}`);
  return [...describe('drain', drains), ...describe('give up', cancels)];
}

/** Nobody decides on a page that has no policy or is gone; its replicas leave all the same. */
function goodbye({ replica, reason }: Withdrawal, count: number): Decision {
  const { page, policy } = replica;
  const chain = [{ step: 'policy', value: 0, reason: 'DesiredWithinRange', detail: reason } as const];
  const numbers = { current: count, serving: 0, desired: 0, measured: null, panicking: false };
  return { page, policy, ...numbers, chain, history: NO_HISTORY };
}

/** What keeps a page from a replica that it is to have. */
export function noAddress(
  { addresses, fleet }: Pick<ControlState, 'addresses' | 'fleet'>,
  page: string,
): Step {
  const value = fleet.byPage().get(page)?.length ?? 0;
  return { step: 'addresses', value, reason: 'AddressesExhausted', detail: addresses.description };
}

/** Enough of an id to tell replicas apart in a line for people. */
export function shortId(replica: Pick<Replica, 'id'>): string {
  return replica.id.slice(0, 8);
}
