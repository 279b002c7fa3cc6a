import { move } from '../scale/lifecycle.js';
import { groupByPage } from '../scale/plan.js';
import type { Replica, ReplicaState } from '../scale/replica.js';
import type { Store } from '../store/store.js';

/** Told of each step on the state chart, after it was taken. */
export type MoveListener = (before: Replica, after: Replica) => void;

/** The replicas as the daemon knows them, in memory for reading, and in the store for the next daemon. */
export class Fleet {
  readonly #replicas: Map<string, Replica>;
  readonly #unsaved = new Set<string>();
  readonly #listeners: MoveListener[] = [];

  constructor(replicas: readonly Replica[]) {
    this.#replicas = new Map(replicas.map((replica) => [replica.id, replica]));
  }

  all(): readonly Replica[] {
    return [...this.#replicas.values()];
  }

  byPage(): ReadonlyMap<string, readonly Replica[]> {
    return groupByPage(this.all());
  }

  get(id: string): Replica | undefined {
    return this.#replicas.get(id);
  }

  onMove(listener: MoveListener): void {
    this.#listeners.push(listener);
  }

  add(replica: Replica): void {
    this.#set(replica);
  }

  /** Undoes `add` for a replica whose intent could not be written down: nobody may boot it then. */
  forget(id: string): void {
    this.#replicas.delete(id);
    this.#unsaved.delete(id);
  }

  /** Takes a step on the state chart; without effect on a replica that is not known any more. */
  move(id: string, state: ReplicaState, reason: string, now: number): void {
    const before = this.#replicas.get(id);
    if (before === undefined) return;
    const after = move(before, state, reason, now);
    this.#set(after);
    for (const listener of this.#listeners) listener(before, after);
  }

  patch(id: string, fields: Partial<Omit<Replica, 'id' | 'state'>>): void {
    const before = this.#replicas.get(id);
    if (before !== undefined) this.#set({ ...before, ...fields });
  }

  /** Writes what changed; call it inside a transaction. What could not be written stays to be written. */
  save(store: Store): void {
    for (const id of this.#unsaved) {
      const replica = this.#replicas.get(id);
      if (replica !== undefined) store.replicas.save(replica);
    }
  }

  /** After the transaction of `save` has ended well: what is gone needs no place in memory. */
  saved(): void {
    for (const id of this.#unsaved) {
      if (this.#replicas.get(id)?.state === 'gone') this.#replicas.delete(id);
    }
    this.#unsaved.clear();
  }

  #set(replica: Replica): void {
    this.#replicas.set(replica.id, replica);
    this.#unsaved.add(replica.id);
  }
}
