import { type Plan, type PlannedPage, plan } from '../scale/plan.js';
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
    now,
  });
}

/** A plan in the operator's words, with nothing done about it. */
export function foresee(planned: Plan, pages: readonly PlannedPage[]): readonly Minute[] {
  return pages.map(({ path, policy, decision }) => {
    const of = <T extends { readonly replica: Replica }>(list: readonly T[]): readonly T[] =>
      list.filter(({ replica }) => replica.page === path);
    const actions = [
      ...planned.boots.filter(({ page }) => page === path).map(({ driver }) => `boot one by ${driver}`),
      ...of(planned.drains).map(({ replica }) => `drain ${shortId(replica)} on ${replica.address}`),
      ...of(planned.cancels).map(({ replica }) => `give up ${shortId(replica)} on ${replica.address}`),
    ];
    const note = planned.notes.get(path);
    const chain = note === undefined ? decision.chain : [...decision.chain, note];
    return { decision: { ...decision, chain }, actions, dryRun: policy.dryRun };
  });
}

/** Enough of an id to tell replicas apart in a line for people. */
export function shortId(replica: Pick<Replica, 'id'>): string {
  return replica.id.slice(0, 8);
}
