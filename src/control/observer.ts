import type { Driver, ListedReplica, ReplicaCounters } from '../driver/driver.js';
import type { RequestCount } from '../load/batch.js';
import { adopt } from '../scale/adopt.js';
import { reconcile } from '../scale/reconcile.js';
import type { Replica } from '../scale/replica.js';
import type { DriverCall } from './events.js';
import type { Keeper } from './keeper.js';
import { within } from './patience.js';
import type { ControlState } from './state.js';

const MILLISECONDS_PER_SECOND = 1_000;
/** Hypervisors take their time; but what is listed later than this is old. */
const LIST_PATIENCE_MS = 5_000;

interface Reading {
  readonly at: number;
  readonly visits: number;
  /** Milliseconds. */
  readonly uptime: number;
}

/** Looks at what is really there: the drivers' lists and the replicas' counters. */
export class Observer {
  readonly #state: ControlState;
  readonly #keeper: Keeper;
  readonly #drivers: readonly Driver[];
  readonly #readings = new Map<string, Reading>();
  #counters = new Map<string, ReplicaCounters>();

  constructor(state: ControlState, keeper: Keeper, drivers: readonly Driver[]) {
    this.#state = state;
    this.#keeper = keeper;
    this.#drivers = drivers;
  }

  /**
   * Takes over what an earlier daemon left; resolves when each of them has been found, is being probed, or was given
   * up. A driver that does not list its replicas in time keeps nothing from starting: what it has is found later.
   */
  async adoptAll(patienceMs: number): Promise<void> {
    const names = this.#drivers.map(({ name }) => name);
    // Nobody can list those of a driver that this daemon runs without, and a probe trusts none of them blindly.
    this.#adopt(
      this.#books().filter(({ driver }) => !names.includes(driver)),
      null,
    );
    await Promise.all(
      this.#drivers.map(async (driver) => {
        const list = await this.#tryList(driver, patienceMs);
        this.#adopt(this.#books(driver), list, driver);
      }),
    );
  }

  /** A driver that hangs delays the others by its patience, and no more. */
  async listAll(): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => this.#list(driver)));
  }

  /** What a replica told last; null when it did not answer. */
  counters(id: string): ReplicaCounters | null {
    return this.#counters.get(id) ?? null;
  }

  /** Reads every counter once: HTTP requests are the second signal, and open connections hold a draining replica. */
  async countAll(): Promise<void> {
    const replicas = this.#state.fleet
      .all()
      .filter(({ state }) => state === 'serving' || state === 'draining');
    for (const id of this.#readings.keys())
      if (this.#state.fleet.get(id) === undefined) this.#readings.delete(id);
    this.#counters = new Map(
      [...this.#counters].filter(([id]) => replicas.some((replica) => replica.id === id)),
    );
    const counts = await Promise.all(replicas.map((replica) => this.#count(replica)));
    const known = counts.filter((count) => count !== null);
    this.#state.book.addRequests(known);
    this.#state.emit({ kind: 'visited', at: this.#state.clock.now(), counts: known });
    this.#state.book.prune(this.#state.clock.now());
  }

  #books(driver?: Driver): readonly Replica[] {
    return this.#state.fleet
      .all()
      .filter((replica) => driver === undefined || replica.driver === driver.name);
  }

  #adopt(books: readonly Replica[], list: readonly ListedReplica[] | null, driver?: Driver): void {
    const { fleet, actuator, clock } = this.#state;
    // This daemon has never answered with any of their addresses, and the old one answers no more.
    for (const { id, answerTtl, withdrawnAt } of books)
      if (answerTtl > 0 && withdrawnAt === null) fleet.patch(id, { withdrawnAt: clock.now() });
    for (const adoption of adopt(books, list)) {
      switch (adoption.kind) {
        case 'probe':
          fleet.patch(adoption.replica.id, { ref: adoption.ref });
          this.#keeper.adopted(adoption.replica);
          break;
        case 'drain':
          actuator.drain(adoption.replica);
          break;
        case 'destroy':
          this.#keeper.end(adoption.replica);
          break;
        case 'lost':
          this.#keeper.lost(adoption.replica, adoption.reason);
          break;
        case 'orphan':
          if (driver !== undefined) this.#destroyOrphan(adoption.listed, driver);
          break;
        default:
          adoption satisfies never;
      }
    }
  }

  async #list(driver: Driver): Promise<void> {
    const listedAt = this.#state.clock.now();
    const list = await this.#tryList(driver, LIST_PATIENCE_MS);
    if (list === null) return;
    this.#keeper.seen(list.filter(({ running }) => running).map(({ id }) => id));
    for (const finding of reconcile(this.#books(driver), list, listedAt)) {
      if (finding.kind !== 'orphan') this.#keeper.found(finding);
      else if (!this.#keeper.wasDestroyedSince(finding.listed.id, listedAt))
        this.#destroyOrphan(finding.listed, driver);
    }
  }

  #destroyOrphan(listed: ListedReplica, driver: Driver): void {
    const { actuator, emit, clock } = this.#state;
    emit({ kind: 'orphan', at: clock.now(), id: listed.id, driver: driver.name });
    actuator.destroy({ ...listed, driver: driver.name });
  }

  async #tryList(driver: Driver, patienceMs: number): Promise<readonly ListedReplica[] | null> {
    const { clock, emit, store } = this.#state;
    const startedAt = clock.now();
    const called = (result: DriverCall['result']): void => {
      const at = clock.now();
      const seconds = (at - startedAt) / MILLISECONDS_PER_SECOND;
      emit({ kind: 'called', at, driver: driver.name, operation: 'list', result, seconds });
    };
    try {
      const list = await within(patienceMs, 'listing', driver.list(store.owner));
      called('ok');
      return list;
    } catch (error) {
      called('error');
      const what = `driver ${driver.name} cannot list its replicas`;
      emit({ kind: 'trouble', at: clock.now(), what, error });
      return null;
    }
  }

  async #count(replica: Replica): Promise<RequestCount | null> {
    const counters = await this.#state.actuator.counters(replica);
    const now = this.#state.clock.now();
    if (replica.state === 'draining' && (counters === null || counters.openConnections > 0)) {
      this.#state.fleet.patch(replica.id, { busyAt: now });
    }
    if (counters === null) {
      this.#counters.delete(replica.id);
      return null;
    }
    this.#counters.set(replica.id, counters);
    return this.#difference(replica, counters, now);
  }

  #difference(replica: Replica, counters: ReplicaCounters, now: number): RequestCount | null {
    const { requests, uptime } = counters;
    const before = this.#readings.get(replica.id);
    const isNew = before === undefined || uptime < before.uptime;
    // A probe under way is in the replica's counter already and not yet in ours; the next reading makes up for it.
    const visits = Math.max(isNew ? 0 : before.visits, requests - this.#state.prober.sent(replica.id));
    this.#readings.set(replica.id, { at: now, visits, uptime });
    if (isNew) return null;
    return {
      host: replica.host,
      server: replica.id,
      from: before.at,
      to: now,
      requests: visits - before.visits,
    };
  }
}
