import { type AddressPool, freeAddress, type Lease } from '../scale/address-pool.js';
import type { Store } from '../store/store.js';

/** Who has which address of the pool, and who had it until when. */
export class AddressBook {
  readonly #pool: AddressPool;
  readonly #leases: Map<string, Lease>;
  readonly #unsaved = new Set<string>();
  /** What each address that was leased since the last save was before. */
  readonly #before = new Map<string, Lease | undefined>();

  constructor(pool: AddressPool, leases: readonly Lease[]) {
    this.#pool = pool;
    this.#leases = new Map(leases.map((lease) => [lease.address, lease]));
  }

  /** Leases an address for a replica of the page; null when the pool has none left. */
  lease(page: string, replica: string, now: number): string | null {
    const address = freeAddress(this.#pool, this.#leases, page, now);
    if (address === null) return null;
    this.#before.set(address, this.#leases.get(address));
    this.#set({ address, replica, page, releasedAt: null });
    return address;
  }

  /** Tells again and again whether one more replica of a page could get an address; nothing is leased. */
  trial(now: number): (page: string) => boolean {
    const leases = new Map(this.#leases);
    return (page) => {
      const address = freeAddress(this.#pool, leases, page, now);
      if (address !== null) leases.set(address, { address, replica: '', page, releasedAt: null });
      return address !== null;
    };
  }

  /** Undoes `lease` where it could not be written down: nobody had the address, so it need not rest. */
  takeBack(address: string): void {
    const before = this.#before.get(address);
    if (before === undefined) {
      this.#leases.delete(address);
      this.#unsaved.delete(address);
    } else {
      this.#set(before);
    }
  }

  /** Starts the address's quarantine, if this replica still has it. */
  release(address: string, replica: string, now: number): void {
    const lease = this.#leases.get(address);
    if (lease?.replica === replica && lease.releasedAt === null) this.#set({ ...lease, releasedAt: now });
  }

  save(store: Store): void {
    for (const address of this.#unsaved) {
      const lease = this.#leases.get(address);
      if (lease !== undefined) store.leases.save(lease);
    }
  }

  saved(): void {
    this.#unsaved.clear();
    this.#before.clear();
  }

  /** What the operator is told when there is none left. */
  get description(): string {
    const used = [...this.#leases.values()].filter((lease) => lease.releasedAt === null).length;
    return `the address pool ${this.#pool.prefixes.join(', ')} has no free address: ${used} of ${this.#pool.size} are in use, the rest rests for 15 minutes after another page had it`;
  }

  #set(lease: Lease): void {
    this.#leases.set(lease.address, lease);
    this.#unsaved.add(lease.address);
  }
}
