import { move } from '../scale/lifecycle.js';
import type { Replica, ReplicaState } from '../scale/replica.js';
import type { Server } from './system.js';

/** One replica of a simulated page, with the visits that it took. */
export interface Unit {
  replica: Replica;
  readonly page: number;
  readonly server: Server;
  /** Visits in all, as its counter tells them. */
  requests: number;
  /** Its counter when it was last read, and when that was; null before the first time. */
  reading: { readonly at: number; readonly requests: number } | null;
  isDead: boolean;
}

/** The replicas of a simulation, by id, by page and by address. */
export class SimulatedFleet {
  readonly #units = new Map<string, Unit>();
  readonly #byAddress = new Map<string, Unit>();
  readonly #byPage = new Map<number, Unit[]>();

  add(replica: Replica, page: number): void {
    const unit: Unit = {
      replica,
      page,
      server: { page, visits: 0 },
      requests: 0,
      reading: null,
      isDead: false,
    };
    this.#units.set(replica.id, unit);
    this.#byAddress.set(replica.address, unit);
    const ofPage = this.#byPage.get(page);
    if (ofPage === undefined) this.#byPage.set(page, [unit]);
    else ofPage.push(unit);
  }

  get(id: string): Unit | undefined {
    return this.#units.get(id);
  }

  at(address: string): Unit | undefined {
    return this.#byAddress.get(address);
  }

  ofPage(page: number): readonly Unit[] {
    return this.#byPage.get(page) ?? [];
  }

  units(): Iterable<Unit> {
    return this.#units.values();
  }

  get size(): number {
    return this.#units.size;
  }

  replicas(): readonly Replica[] {
    return [...this.#units.values()].map(({ replica }) => replica);
  }

  replicasOf(page: number): readonly Replica[] {
    return this.ofPage(page).map(({ replica }) => replica);
  }

  /** Takes a step on the state chart; one that is gone is forgotten. */
  move(unit: Unit, to: ReplicaState, reason: string, now: number): void {
    unit.replica = move(unit.replica, to, reason, now);
    if (to !== 'gone') return;
    this.#units.delete(unit.replica.id);
    this.#byAddress.delete(unit.replica.address);
    const rest = this.ofPage(unit.page).filter((other) => other !== unit);
    if (rest.length === 0) this.#byPage.delete(unit.page);
    else this.#byPage.set(unit.page, rest);
  }

  patch(unit: Unit, fields: Partial<Replica>): void {
    unit.replica = { ...unit.replica, ...fields };
  }
}
