import { randomUUID } from 'node:crypto';
import { NO_HISTORY, type PageHistory, recordChange } from '../scale/history.js';
import { netChanges } from '../scale/net-changes.js';
import type { Boot, Plan, PlannedPage, Withdrawal } from '../scale/plan.js';
import type { Step } from '../scale/reason.js';
import { mustDrain, plannedReplica, type Replica } from '../scale/replica.js';
import { noAddress, shortId } from './planning.js';
import type { ControlState } from './state.js';

/** What was put into the books, and is done once they are on disk. */
export interface Intent {
  readonly boots: readonly Replica[];
  readonly drains: readonly Replica[];
  /** By page: what is done, in the operator's words. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** By page: what shared limits changed. */
  readonly notes: ReadonlyMap<string, Step>;
  /** By page: what it remembered before this. */
  readonly before: ReadonlyMap<string, PageHistory>;
}

/** Turns a plan into entries of the books; pages of a dry run are left out. `now` is in monotonic milliseconds. */
export function intend(
  state: ControlState,
  planned: Plan,
  pages: readonly PlannedPage[],
  now: number,
): Intent {
  const actions = new Map<string, string[]>();
  const notes = new Map(planned.notes);
  const say = (page: string, action: string): void => {
    actions.set(page, [...(actions.get(page) ?? []), action]);
  };
  const isDry = new Map(pages.map(({ path, policy }) => [path, policy.dryRun]));

  const withdrawn = [...planned.cancels, ...planned.drains].filter(
    ({ replica }) => isDry.get(replica.page) !== true,
  );
  for (const withdrawal of withdrawn) withdraw(state, withdrawal, now);
  const boots = planned.boots.flatMap((boot) => {
    const replica = isDry.get(boot.page) === true ? null : planReplica(state, boot, now);
    if (replica === 'no address') notes.set(boot.page, noAddress(state, boot.page));
    return replica === null || replica === 'no address' ? [] : [replica];
  });

  for (const replica of boots)
    say(replica.page, `boot ${shortId(replica)} by ${replica.driver} on ${replica.address}`);
  for (const { replica } of withdrawn) {
    const verb = planned.drains.some((drain) => drain.replica === replica) ? 'drain' : 'give up';
    say(replica.page, `${verb} ${shortId(replica)} on ${replica.address}`);
  }
  const before = new Map<string, PageHistory>();
  for (const [page, by] of netChanges(boots, withdrawn)) {
    before.set(page, state.histories.get(page));
    state.histories.set(page, recordChange(state.histories.get(page), by, now));
  }
  return {
    boots,
    drains: planned.drains
      .map(({ replica }) => replica)
      .filter((replica) => isDry.get(replica.page) !== true),
    actions,
    notes,
    before,
  };
}

/**
 * The books could not be written: what was only planned must not be booted, and nobody shall think that it will be.
 * Gives back what may be done all the same: withdrawing needs no permission, since the origin always serves.
 */
export function takeBack(state: ControlState, intent: Intent): Intent {
  for (const replica of intent.boots) {
    state.fleet.forget(replica.id);
    state.addresses.takeBack(replica.address);
    // What did not happen must not use up a rate limit.
    state.histories.set(replica.page, intent.before.get(replica.page) ?? NO_HISTORY);
  }
  return { ...intent, boots: [] };
}

/** Does what is in the books: from here on, drivers are called. */
export function act(state: ControlState, intent: Intent): void {
  for (const replica of intent.boots) {
    state.actuator.boot(replica);
    state.emit({ kind: 'planned', at: state.clock.now(), replica });
  }
  for (const replica of intent.drains) state.actuator.drain(replica);
}

function planReplica(state: ControlState, boot: Boot, now: number): Replica | 'no address' | null {
  const catalogued = state.catalogue.get(boot.page);
  if (catalogued === undefined) return null;
  const { page, host } = catalogued;
  const id = randomUUID();
  const address = state.addresses.lease(page.path, id, now);
  if (address === null) return 'no address';
  const { policy, driver, reason, hourlyCost, replaces } = boot;
  const served = { page: page.path, host, digest: page.bundle.digest, bundleFile: page.bundleFile };
  const replica = plannedReplica({ id, policy, driver, reason, address, hourlyCost, replaces }, served, now);
  state.fleet.add(replica);
  return replica;
}

/** Out of the answers with the next publication; what drains is then told so by the actuator. */
export function withdraw(state: ControlState, { replica, reason, cause }: Withdrawal, now: number): void {
  state.emit({ kind: 'withdrawn', at: now, replica, cause });
  state.prober.stop(replica.id);
  state.fleet.move(replica.id, mustDrain(replica) ? 'draining' : 'stopping', reason, now);
}
