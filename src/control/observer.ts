import type { Driver, ListedReplica, ReplicaCounters } from '../driver/driver.js';
import type { RequestCount } from '../load/batch.js';
import { adopt } from '../scale/adopt.js';
import { reconcile } from '../scale/reconcile.js';
import type { Replica } from '../scale/replica.js';
import type { Keeper } from './keeper.js';
import type { ControlState } from './state.js';

interface Reading {
  readonly at: number;
  readonly visits: number;
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

  /** Takes over what an earlier daemon left; resolves when each of them has been found, probed or given up. */
  async adoptAll(): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => this.#adopt(driver)));
  }

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
    this.#state.book.addRequests(counts.filter((count) => count !== null));
    this.#state.book.prune(this.#state.clock.now());
  }

  async #adopt(driver: Driver): Promise<void> {
    const books = this.#state.fleet.all().filter((replica) => replica.driver === driver.name);
    const list = await this.#tryList(driver);
    const { fleet, actuator, emit, clock } = this.#state;
    for (const adoption of adopt(books, list)) {
      switch (adoption.kind) {
        case 'probe':
          fleet.patch(adoption.replica.id, { ref: adoption.ref });
          this.#keeper.adopted(adoption.replica);
          break;
        case 'drain':
          // This daemon has never answered with the address, and the old one answers no more.
          if (adoption.replica.withdrawnAt === null)
            fleet.patch(adoption.replica.id, { withdrawnAt: clock.now() });
          actuator.drain(adoption.replica);
          break;
        case 'destroy':
          this.#keeper.end(adoption.replica);
          break;
        case 'lost':
          this.#keeper.lost(adoption.replica, adoption.reason);
          break;
        case 'orphan':
          emit({ kind: 'orphan', at: clock.now(), id: adoption.listed.id, driver: driver.name });
          actuator.destroy({ ...adoption.listed, driver: driver.name });
          break;
        default:
          adoption satisfies never;
      }
    }
  }

  async #list(driver: Driver): Promise<void> {
    const listedAt = this.#state.clock.now();
    const list = await this.#tryList(driver);
    if (list === null) return;
    const books = this.#state.fleet.all().filter((replica) => replica.driver === driver.name);
    this.#keeper.seen(list.filter(({ running }) => running).map(({ id }) => id));
    for (const finding of reconcile(books, list, listedAt)) {
      if (finding.kind !== 'orphan') this.#keeper.found(finding);
      else if (!this.#keeper.wasDestroyedSince(finding.listed.id, listedAt)) {
        this.#state.emit({ kind: 'orphan', at: listedAt, id: finding.listed.id, driver: driver.name });
        this.#state.actuator.destroy({ ...finding.listed, driver: driver.name });
      }
    }
  }

  async #tryList(driver: Driver): Promise<readonly ListedReplica[] | null> {
    try {
      return await driver.list(this.#state.store.owner);
    } catch (error) {
      this.#state.emit({
        kind: 'trouble',
        at: this.#state.clock.now(),
        what: `driver ${driver.name} cannot list its replicas`,
        error,
      });
      return null;
    }
  }

  async #count(replica: Replica): Promise<RequestCount | null> {
    const counters = await this.#state.actuator.counters(replica).catch(() => null);
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
    const visits = Math.max(0, counters.requests - this.#state.prober.sent(replica.id));
    const before = this.#readings.get(replica.id);
    this.#readings.set(replica.id, { at: now, visits });
    if (before === undefined || visits < before.visits) return null;
    return {
      host: replica.host,
      server: replica.id,
      from: before.at,
      to: now,
      requests: visits - before.visits,
    };
  }
}
