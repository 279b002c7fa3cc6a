import type { Policy } from '../policy/policy.js';
import { decide } from '../scale/decide.js';
import { measure } from '../scale/metric.js';
import type { PlannedPage } from '../scale/plan.js';
import type { Replica } from '../scale/replica.js';
import { type ScheduledBounds, scheduledBounds } from '../scale/scheduled.js';
import type { CataloguedPage } from './catalogue.js';
import { type ControlState, isFresh } from './state.js';

/** In so many passes every page comes up that has any load, changed or not. */
const ROUND_PASSES = 10;

/**
 * Decides on the pages about which there is anything to decide: those with load, with replicas, with a floor or a pin,
 * or with something left to remember. A site has many pages, and few of them are warm.
 */
export class Decider {
  readonly #state: ControlState;
  #pass = 0;
  #isAllDue = true;

  constructor(state: ControlState) {
    this.#state = state;
  }

  /** Other rules or orders may decide otherwise about the same load. */
  rulesChanged(): void {
    this.#isAllDue = true;
  }

  all(now: number): readonly PlannedPage[] {
    return decideOn(this.#state, [...this.#state.book.hosts()], now);
  }

  /**
   * The next pass: all but most of those whose decision cannot change. Where nothing was asked since the last one, load
   * only falls, and a page that has nothing keeps nothing. They come up in turn.
   */
  next(now: number): readonly PlannedPage[] {
    const { book } = this.#state;
    const changed = book.takeChanged();
    const turn = this.#pass % ROUND_PASSES;
    this.#pass += 1;
    if (this.#isAllDue) {
      this.#isAllDue = false;
      return this.all(now);
    }
    const isDue = (host: string, index: number): boolean =>
      changed.has(host) || index % ROUND_PASSES === turn;
    return decideOn(this.#state, [...book.hosts()].filter(isDue), now);
  }
}

function decideOn(state: ControlState, hosts: readonly string[], now: number): readonly PlannedPage[] {
  const byPage = state.fleet.byPage();
  const scheduled = schedulesNow(state.clock.wall());
  return [...warmPages(state, hosts, byPage, scheduled, now)].flatMap((page) => {
    const planned = decidePage(state, page, byPage.get(page.page.path) ?? [], scheduled, now);
    return planned === null ? [] : [planned];
  });
}

type ScheduledNow = (policy: Policy) => ScheduledBounds;

/** What the schedules of a policy say at `wall`, found out once for all of its pages. */
function schedulesNow(wall: number): ScheduledNow {
  const known = new Map<Policy, ScheduledBounds>();
  return (policy) => {
    const bounds = known.get(policy) ?? scheduledBounds(policy, wall);
    known.set(policy, bounds);
    return bounds;
  };
}

function decidePage(
  state: ControlState,
  { page, host, policy }: CataloguedPage,
  replicas: readonly Replica[],
  scheduled: ScheduledNow,
  now: number,
): PlannedPage | null {
  if (policy === null) return null;
  const decision = decide({
    page: page.path,
    policy,
    load: state.book.load(host, now, servers(replicas)),
    replicas: replicas.filter((replica) => isFresh(state, replica)),
    history: state.histories.get(page.path),
    byHand: state.orders.forPage(page.path),
    scheduled: scheduled(policy),
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
  hosts: readonly string[],
  byPage: ReadonlyMap<string, readonly Replica[]>,
  scheduled: ScheduledNow,
  now: number,
): ReadonlySet<CataloguedPage> {
  const { catalogue, orders, book } = state;
  // Whether anything is measured is the same for all pages without replicas, so it is asked of a host that is none.
  const nobody = book.load('', now);
  const isBlind = ({ metric }: Policy): boolean => measure(metric, nobody) === null;
  const warm = [
    ...hosts.map((host) => catalogue.byHost(host)),
    ...[...byPage.keys(), ...state.histories.pages(), ...orders.pinnedPages()].map((path) =>
      catalogue.get(path),
    ),
    ...catalogue.withFloor,
    ...catalogue.withScheduledFloor.filter(({ policy }) => policy && scheduled(policy).floor !== null),
    ...catalogue.withFallback.filter(({ policy }) => policy && isBlind(policy)),
  ];
  return new Set(warm.filter((page) => page !== undefined));
}
