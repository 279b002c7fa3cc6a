import type { DriverName } from '../policy/policy.js';
import { countFailures, forgetFailures, NO_HISTORY, type PageHistory } from '../scale/history.js';
import type { Store } from '../store/store.js';

/** What the decisions remember, in memory for reading, and in the store for the next daemon. */
export class Histories {
  readonly #histories: Map<string, PageHistory>;
  readonly #unsaved = new Set<string>();

  constructor(histories: ReadonlyMap<string, PageHistory>) {
    this.#histories = new Map(histories);
  }

  get(page: string): PageHistory {
    return this.#histories.get(page) ?? NO_HISTORY;
  }

  set(page: string, history: PageHistory): void {
    const kept = isEmpty(history) ? NO_HISTORY : history;
    if (isSame(this.get(page), kept)) return;
    if (kept === NO_HISTORY) this.#histories.delete(page);
    else this.#histories.set(page, kept);
    this.#unsaved.add(page);
  }

  /** A new content or policy deserves a new try, and so does a placement that has worked. */
  pardon(page: string, driver?: DriverName): void {
    this.set(page, forgetFailures(this.get(page), driver));
  }

  pages(): Iterable<string> {
    return this.#histories.keys();
  }

  save(store: Store): void {
    for (const page of this.#unsaved) store.histories.save(page, this.#histories.get(page) ?? NO_HISTORY);
  }

  saved(): void {
    this.#unsaved.clear();
  }
}

function isSame(a: PageHistory, b: PageHistory): boolean {
  return (
    a.recommendations === b.recommendations &&
    a.changes === b.changes &&
    a.panicUntil === b.panicUntil &&
    a.failures === b.failures &&
    a.inactiveSince === b.inactiveSince &&
    a.blindSince === b.blindSince
  );
}

/** Nothing in it could change a decision. */
function isEmpty(history: PageHistory): boolean {
  return (
    history.recommendations.every(({ desired }) => desired === 0) &&
    history.changes.length === 0 &&
    history.panicUntil === 0 &&
    countFailures(history) === 0 &&
    history.blindSince === 0
  );
}
