import { isAlive, type Replica } from './replica.js';

/** A replica as its hypervisor lists it. */
export interface Listed {
  readonly id: string;
  readonly ref: string;
  readonly address: string;
  readonly running: boolean;
}

/** What a hypervisor's list says that the books do not. */
export type Finding =
  /** It is listed as ended: its process or domain died. */
  | { readonly kind: 'dead'; readonly replica: Replica }
  /** It is missing from this list; only repeated absence is death. */
  | { readonly kind: 'missing'; readonly replica: Replica }
  /** It runs, and the daemon that booted it did not live to note its handle. */
  | { readonly kind: 'found'; readonly replica: Replica; readonly ref: string }
  /** It is tagged as ours, and the books do not know it or think that it is gone. */
  | { readonly kind: 'orphan'; readonly listed: Listed };

/**
 * Compares the books with one driver's list. `listedAt` is when the list was asked for: what was created later cannot
 * be in it. Nothing here says what to do; see `control/`.
 */
export function reconcile(
  books: readonly Replica[],
  list: readonly Listed[],
  listedAt: number,
): readonly Finding[] {
  const known = new Map(books.filter(isAlive).map((replica) => [replica.id, replica]));
  const listed = new Map(list.map((entry) => [entry.id, entry]));
  const findings: Finding[] = [];
  for (const replica of known.values()) {
    if (!isExpected(replica) || replica.createdAt >= listedAt) continue;
    const entry = listed.get(replica.id);
    if (entry === undefined) {
      // A planned one waits for its turn to be created, however long; what becomes of that its driver reports.
      if (replica.state !== 'planned') findings.push({ kind: 'missing', replica });
    } else if (!entry.running) findings.push({ kind: 'dead', replica });
    else if (replica.ref === '') findings.push({ kind: 'found', replica, ref: entry.ref });
  }
  for (const entry of listed.values()) {
    if (!known.has(entry.id)) findings.push({ kind: 'orphan', listed: entry });
  }
  return findings;
}

/** Of one that is being ended, or was found to be dead already, absence is no news. */
function isExpected({ state }: Replica): boolean {
  return state !== 'stopping' && state !== 'failed' && state !== 'lost';
}
