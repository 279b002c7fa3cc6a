import { randomUUID } from 'node:crypto';

/** Where a reader has got to. */
export interface CountsMark {
  /** Of one set of counters; another one began at zero. */
  readonly instance: string;
  readonly revision: number;
}

/** Totals since the counters began, of those hosts whose total changed since the mark that was asked for. */
export interface CountsReport extends CountsMark {
  readonly totals: Readonly<Record<string, number>>;
}

/**
 * Requests per page host. Only hosts of pages are ever counted, so it stays small. Totals only ever rise, so any number
 * of readers may come and go, and none takes anything away from another.
 */
export class RequestCounts {
  readonly #instance = randomUUID();
  readonly #totals = new Map<string, { requests: number; revision: number }>();
  #revision = 0;

  count(host: string): void {
    const total = this.#totals.get(host);
    if (total === undefined) this.#totals.set(host, { requests: 1, revision: this.#revision });
    else {
      total.requests += 1;
      total.revision = this.#revision;
    }
  }

  /** What changed after the mark; everything without one, or with one of other counters. */
  report(after: CountsMark | null): CountsReport {
    const from = after?.instance === this.#instance ? after.revision : 0;
    const changed = [...this.#totals].filter(([, { revision }]) => revision >= from);
    this.#revision += 1;
    return {
      instance: this.#instance,
      revision: this.#revision,
      totals: Object.fromEntries(changed.map(([host, { requests }]) => [host, requests])),
    };
  }
}
