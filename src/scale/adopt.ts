import type { Listed } from './reconcile.js';
import { isAlive, type Replica } from './replica.js';

/** What a starting daemon does with a replica that an earlier one left. */
export type Adoption =
  /** It runs: a probe says whether it may be in an answer again. */
  | { readonly kind: 'probe'; readonly replica: Replica; readonly ref: string }
  /** It runs and was on its way out: it goes on draining. */
  | { readonly kind: 'drain'; readonly replica: Replica }
  /** It was being ended, had ended, or had failed: that is done again. */
  | { readonly kind: 'destroy'; readonly replica: Replica }
  /** It is not there any more, or never was. */
  | { readonly kind: 'lost'; readonly replica: Replica; readonly reason: string }
  /** It carries our tag, and the books do not know it: nobody would ever end it. */
  | { readonly kind: 'orphan'; readonly listed: Listed };

/** `list` is what the driver lists now; null when it could not: then only a probe can tell. */
export function adopt(books: readonly Replica[], list: readonly Listed[] | null): readonly Adoption[] {
  const known = books.filter(isAlive);
  const listed = new Map((list ?? []).map((entry) => [entry.id, entry]));
  const ids = new Set(known.map((replica) => replica.id));
  const orphans = [...listed.values()].filter((entry) => !ids.has(entry.id));
  return [
    ...known.map((replica) => adoptOne(replica, list === null ? null : listed.get(replica.id))),
    ...orphans.map((entry): Adoption => ({ kind: 'orphan', listed: entry })),
  ];
}

/** `entry`: null when nothing is known, undefined when it is not in the list. */
function adoptOne(replica: Replica, entry: Listed | undefined | null): Adoption {
  switch (replica.state) {
    case 'stopping':
    case 'failed':
    case 'lost':
    case 'orphan':
      return { kind: 'destroy', replica };
    case 'draining':
      // Absence is what was wanted: the last daemon did not live to note that it had ended it.
      return entry === undefined ? { kind: 'destroy', replica } : { kind: 'drain', replica };
    case 'planned':
    case 'booting':
    case 'probing':
    case 'serving': {
      const wasStarted = replica.state !== 'planned';
      if (entry === null) {
        return wasStarted
          ? { kind: 'probe', replica, ref: replica.ref }
          : { kind: 'lost', replica, reason: 'the daemon ended before it was started' };
      }
      if (entry?.running === true) return { kind: 'probe', replica, ref: entry.ref };
      const reason = wasStarted ? 'it ended while no daemon ran' : 'the daemon ended before it was started';
      return { kind: 'lost', replica, reason };
    }
    case 'gone':
      throw new Error(`replica ${replica.id} is gone`);
    default:
      return replica.state satisfies never;
  }
}
