import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import { AddressBook } from '../../control/address-book.js';
import { Fleet } from '../../control/fleet.js';
import type { DriverName } from '../../policy/policy.js';
import type { Parsed } from '../../problem.js';
import type { AddressPool } from '../../scale/address-pool.js';
import { isAlive, plannedReplica, type Replica, type ReplicaState } from '../../scale/replica.js';
import type { ServedPage } from '../../site/page.js';
import { openStore, type Store } from '../../store/store.js';

/** What stands in a replica's record where a policy's name would. */
const BY_HAND = 'by hand';
const BUSY = /in use by another process/;

/** The books of a daemon that does not run: it will find there what was done meanwhile, and take it over. */
export class HandBooks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #fleet: Fleet;
  readonly #addresses: AddressBook;

  private constructor(store: Store, pool: AddressPool, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#fleet = new Fleet(store.replicas.all());
    this.#addresses = new AddressBook(pool, store.leases.all());
  }

  /** Refused while a daemon has them: two who boot and destroy the same replicas would fight. */
  static open(stateDir: string, pool: AddressPool, clock: Clock): Parsed<HandBooks> {
    const store = openStore(join(stateDir, 'hotzone.db'), clock);
    if (store.ok) return { ok: true, value: new HandBooks(store.value, pool, clock) };
    const hint = 'if that is a daemon, give it a policy (see policies/disaggregate.yaml), or end it first';
    const problems = store.problems.map((problem) =>
      BUSY.test(problem.message) ? { ...problem, hint } : problem,
    );
    return { ok: false, problems };
  }

  get owner(): string {
    return this.#store.owner;
  }

  alive(): readonly Replica[] {
    return this.#fleet.all().filter(isAlive);
  }

  /** Writes the intent down before anything is booted; null when no address is free. */
  plan(page: ServedPage, driver: DriverName): Replica | null {
    const id = randomUUID();
    const now = this.#clock.now();
    const address = this.#addresses.lease(page.path, id, now);
    if (address === null) return null;
    const { path, host, bundle, bundleFile } = page;
    const served = { page: path, host: host.toLowerCase(), digest: bundle.digest, bundleFile };
    // No policy says what it costs; once a daemon has it, its budget counts it as an instance.
    const intent = { id, policy: BY_HAND, driver, reason: BY_HAND, address, hourlyCost: 0, replaces: null };
    const replica = plannedReplica(intent, served, now);
    this.#fleet.add(replica);
    this.#save();
    return replica;
  }

  created(id: string, ref: string): void {
    this.#fleet.patch(id, { ref });
    this.#move(id, 'booting', 'started by its driver');
  }

  serves(id: string): void {
    if (this.#fleet.get(id)?.state !== 'serving') this.#move(id, 'serving', 'it serves the page');
  }

  /** To be called before it is destroyed, and `gone` after. */
  ends(id: string): void {
    const state = this.#fleet.get(id)?.state;
    if (state === 'serving') this.#move(id, 'draining', BY_HAND);
    if (state !== 'stopping') this.#move(id, 'stopping', BY_HAND);
  }

  gone(id: string): void {
    const replica = this.#fleet.get(id);
    if (replica === undefined) return;
    this.#addresses.release(replica.address, id, this.#clock.now());
    this.#move(id, 'gone', BY_HAND);
  }

  get noAddress(): string {
    return this.#addresses.description;
  }

  close(): void {
    this.#store.close();
  }

  #move(id: string, state: ReplicaState, reason: string): void {
    this.#fleet.move(id, state, reason, this.#clock.now());
    this.#save();
  }

  #save(): void {
    this.#store.transaction(() => {
      this.#fleet.save(this.#store);
      this.#addresses.save(this.#store);
    });
    this.#fleet.saved();
    this.#addresses.saved();
  }
}
