import { ADDRESS_QUARANTINE_MS } from '../scale/address-pool.js';
import type { Store } from '../store/store.js';
import type { ControlState } from './state.js';

/** What remembers, and what of it the store does not have yet. */
export interface Book {
  save(store: Store): void;
  saved(): void;
}

/** Writes all that changed since the last time, in one transaction with `also`; throws when the store refuses it. */
export function saveBooks(state: ControlState, also: () => void = () => {}): void {
  const books: readonly Book[] = [state.fleet, state.addresses, state.histories, state.chronicle];
  state.store.transaction(() => {
    for (const book of books) book.save(state.store);
    also();
  });
  for (const book of books) book.saved();
}

/**
 * Rows that the history may have, however short its time is: about 100 MB of decisions, 60 MB of events and 60 MB of
 * samples at most. Fifty pages that are warm all day make 72,000 samples of it, and 10 MB of all three.
 */
const HISTORY_LIMITS = { decisions: 200_000, events: 200_000, samples: 1_000_000 } as const;

/** Forgets what was longer ago than `olderThanMs`, the oldest of what is too much, and what is gone. */
export function pruneBooks({ store, clock }: ControlState, olderThanMs: number): void {
  const before = clock.wall() - olderThanMs;
  store.transaction(() => {
    store.decisions.prune(before, HISTORY_LIMITS.decisions);
    store.events.prune(before, HISTORY_LIMITS.events);
    store.samples.prune(before, HISTORY_LIMITS.samples);
    store.leases.deleteReleased(clock.now() - ADDRESS_QUARANTINE_MS);
    store.replicas.deleteGone();
  });
}
