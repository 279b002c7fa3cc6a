import { decide } from '../scale/decide.js';
import type { PlannedPage } from '../scale/plan.js';
import type { Replica } from '../scale/replica.js';
import type { CataloguedPage } from './catalogue.js';
import { type ControlState, isFresh } from './state.js';

/**
 * Decides on every page about which there is anything to decide: those with load, with replicas, with a floor, or with
 * something left to remember. A site has many pages, and few of them are warm.
 */
export function decidePages(state: ControlState, now: number): readonly PlannedPage[] {
  const byPage = state.fleet.byPage();
  return [...warmPages(state, byPage)].flatMap((page) => {
    const planned = decidePage(state, page, byPage.get(page.page.path) ?? [], now);
    return planned === null ? [] : [planned];
  });
}

function decidePage(
  state: ControlState,
  { page, host, policy }: CataloguedPage,
  replicas: readonly Replica[],
  now: number,
): PlannedPage | null {
  if (policy === null) return null;
  const decision = decide({
    page: page.path,
    policy,
    load: state.book.load(host, now, servers(replicas)),
    replicas: replicas.filter((replica) => isFresh(state, replica)),
    history: state.histories.get(page.path),
    now,
    startedAt: state.startedAt,
  });
  return { path: page.path, policy, decision };
}

/** Replicas that should be telling what they serve. */
function servers(replicas: readonly Replica[]): readonly string[] {
  return replicas.filter(({ state }) => state === 'serving').map(({ id }) => id);
}

function warmPages(
  state: ControlState,
  byPage: ReadonlyMap<string, readonly Replica[]>,
): ReadonlySet<CataloguedPage> {
  const { catalogue } = state;
  const warm = [
    ...[...state.book.hosts()].map((host) => catalogue.byHost(host)),
    ...[...byPage.keys(), ...state.histories.pages()].map((path) => catalogue.get(path)),
    ...catalogue.withFloor,
  ];
  return new Set(warm.filter((page) => page !== undefined));
}
