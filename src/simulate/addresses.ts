import { type AddressPool, freeAddress, type Lease } from '../scale/address-pool.js';

/** Which replica has which address, or had it a short while ago. */
export class SimulatedAddresses {
  readonly #pool: AddressPool;
  readonly #leases = new Map<string, Lease>();

  constructor(pool: AddressPool) {
    this.#pool = pool;
  }

  /** Null when none is free. */
  lease(page: string, replica: string, now: number): string | null {
    const address = freeAddress(this.#pool, this.#leases, page, now);
    if (address !== null) this.#leases.set(address, { address, replica, page, releasedAt: null });
    return address;
  }

  release(address: string, now: number): void {
    const lease = this.#leases.get(address);
    if (lease !== undefined) this.#leases.set(address, { ...lease, releasedAt: now });
  }
}
