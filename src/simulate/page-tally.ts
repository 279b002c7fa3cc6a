import { type Goal, ideal, isShort } from './goal.js';
import { Series } from './series.js';
import type { Server, Standing } from './system.js';

/** Beyond so many visits for its target a server is taken to make its visitors wait. */
const OVERLOAD_SLOT_S = 10;

/** What became of one page in a simulation. */
export interface PageFigures {
  readonly path: string;
  readonly host: string;
  /** Name of its policy; null: it stays on the origin. */
  readonly policy: string | null;
  /** Seconds that were judged: all but the holes. */
  readonly seconds: number;
  readonly visits: number;
  readonly queries: number;
  /** Seconds with too few replicas. */
  readonly shortSeconds: number;
  /** Replica-seconds that existed, and those above what was needed. */
  readonly replicaSeconds: number;
  readonly excessSeconds: number;
  readonly peakReplicas: number;
  /** How often the number of replicas that is wanted was changed. */
  readonly changes: number;
  /** Money, by the prices of the placements. */
  readonly cost: number;
  /** Seconds from each time that the load was over what there was, to the first answer with one more replica. */
  readonly reactions: readonly number[];
  /** Visits at a server that had more than its target over 10 s, and at one that was there no more. */
  readonly overloadedVisits: number;
  readonly lostVisits: number;
  readonly series: Series;
}

/** Adds up what became of one page. */
export class PageTally {
  readonly series: Series;
  readonly #goal: Goal | null;
  readonly #servers = new Set<Server>();
  #seconds = 0;
  #visits = 0;
  #short = 0;
  #replicas = 0;
  #excess = 0;
  #peak = 0;
  #cost = 0;
  #changes = 0;
  #overloaded = 0;
  #lost = 0;
  #shortSince: number | null = null;
  #servingThen = 0;
  readonly #reactions: number[] = [];

  constructor(goal: Goal | null, durationMs: number) {
    this.#goal = goal;
    this.series = new Series(durationMs);
  }

  visit(server: Server | null): void {
    this.#visits += 1;
    if (server === null) {
      this.#lost += 1;
      return;
    }
    server.visits += 1;
    this.#servers.add(server);
  }

  /** How the page stood for one second; `demand` is null where nobody knows it. */
  second(at: number, demand: number | null, standing: Standing): void {
    const { serving, alive, desired, changes, hourlyCost } = standing;
    this.#changes = changes;
    this.series.add(at, { demand: demand ?? Number.NaN, serving, alive, desired });
    if (demand === null) return;
    this.#seconds += 1;
    this.#replicas += alive;
    this.#peak = Math.max(this.#peak, alive);
    this.#cost += hourlyCost / 3_600;
    if (this.#goal === null) return;
    this.#excess += Math.max(0, alive - ideal(demand, this.#goal));
    if (isShort(demand, serving, this.#goal)) this.#short += 1;
  }

  /** Called more often than once a second, since a reaction may take less. */
  watch(at: number, demand: number | null, serving: number): void {
    if (this.#goal === null || demand === null) return;
    if (this.#shortSince !== null && serving > this.#servingThen) {
      this.#reactions.push((at - this.#shortSince) / 1_000);
      this.#shortSince = null;
    }
    if (!isShort(demand, serving, this.#goal)) this.#shortSince = null;
    else if (this.#shortSince === null) {
      this.#shortSince = at;
      this.#servingThen = serving;
    }
  }

  /** Ends a slot of 10 s. */
  slot(): void {
    const limit = (this.#goal?.target ?? Number.POSITIVE_INFINITY) * (1 + (this.#goal?.tolerance ?? 0));
    for (const server of this.#servers) {
      if (server.visits > limit * OVERLOAD_SLOT_S) this.#overloaded += server.visits;
      server.visits = 0;
    }
    this.#servers.clear();
  }

  figures(page: Pick<PageFigures, 'path' | 'host' | 'policy' | 'queries'>): PageFigures {
    return {
      ...page,
      seconds: this.#seconds,
      visits: this.#visits,
      shortSeconds: this.#short,
      replicaSeconds: this.#replicas,
      excessSeconds: this.#excess,
      peakReplicas: this.#peak,
      changes: this.#changes,
      cost: this.#cost,
      reactions: this.#reactions,
      overloadedVisits: this.#overloaded,
      lostVisits: this.#lost,
      series: this.series,
    };
  }
}

export const SLOT_MS = OVERLOAD_SLOT_S * 1_000;
