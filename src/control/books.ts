import { ADDRESS_QUARANTINE_MS } from '../scale/address-pool.js';
import type { ControlState } from './state.js';

/** Writes all that changed since the last time, in one transaction with `also`; throws when the store refuses it. */
export function saveBooks(state: ControlState, also: () => void = () => {}): void {
  const books = [state.fleet, state.addresses, state.histories];
  state.store.transaction(() => {
    for (const book of books) book.save(state.store);
    also();
  });
  for (const book of books) book.saved();
}

/** Forgets what was decided longer ago than `olderThanMs`, and what is gone. */
export function pruneBooks({ store, clock }: ControlState, olderThanMs: number): void {
  store.transaction(() => {
    store.decisions.deleteBefore(clock.wall() - olderThanMs);
    store.leases.deleteReleased(clock.now() - ADDRESS_QUARANTINE_MS);
    store.replicas.deleteGone();
  });
}
