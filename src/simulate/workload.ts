/** A page in a simulation; hosts are in lower case. */
export interface SimulatedPage {
  readonly path: string;
  readonly host: string;
}

/** How one cache behaves, and the address that it asks from. */
export interface CacheKind {
  readonly source: string;
  /** False: every visit behind it asks, as from a client without a cache. */
  readonly caches: boolean;
  /** Milliseconds that it keeps an answer at least, and at most, whatever TTL it was given. */
  readonly floorMs: number;
  readonly capMs: number;
  /** Asks again in the last tenth of the TTL, at the first visit then (unbound.conf(5), `prefetch`). */
  readonly prefetches: boolean;
}

export const PLAIN_CACHE: Omit<CacheKind, 'source'> = {
  caches: true,
  floorMs: 0,
  capMs: Number.POSITIVE_INFINITY,
  prefetches: false,
};

/** Somebody who wants a page. */
export interface Visit {
  /** Milliseconds since the start. */
  readonly at: number;
  /** Indexes into the workload's pages and caches. */
  readonly page: number;
  readonly cache: number;
}

/** What clients do in a simulation. */
export interface Workload {
  readonly pages: readonly SimulatedPage[];
  readonly caches: readonly CacheKind[];
  readonly durationMs: number;
  /** The same ones in order of time, each time it is called. */
  visits(): Iterable<Visit>;
  /**
   * Visits per second that were really wanted at a moment; null: it is not known, and what came within 10 s stands
   * for it.
   */
  readonly demand: ((page: number, at: number) => number) | null;
  /** Times without data, in milliseconds since the start: nothing is known of them, and nothing is measured. */
  readonly holes: readonly { readonly from: number; readonly to: number }[];
}
