import type { SourceCount } from './batch.js';
import type { Exposed } from './exposure.js';

/** Resolvers count TTLs in whole seconds, so an expiry may be off by one. */
const ROUNDING_MS = 1_000;
/** Unbound's `prefetch` re-asks in the last tenth of the TTL (unbound.conf(5)). */
const PREFETCH_SHARE = 0.9;

/** What is remembered of a source when its next queries come. */
export interface Held {
  readonly lastQuery: number;
  readonly validUntil: number;
  /** Its last re-ask came in the last tenth of a TTL. */
  readonly prefetches: boolean;
}

/** The queries that found no valid answer, and how long there was none; the other queries came early. */
export interface Gap extends Exposed {
  readonly prefetches: boolean;
}

/**
 * Reads one batch's queries of one source. Of a single query all is known from its time; of several, one cache's holds
 * cannot overlap, which bounds how many can have ended a gap. `watched` is the time between the last answer's expiry
 * and the last query, as far as it was watched.
 */
export function readGap(held: Held, count: SourceCount, watched: number): Gap {
  const ttl = held.validUntil - held.lastQuery;
  const lead = ttl * (1 - PREFETCH_SHARE);
  const late = count.lastQuery - held.validUntil;
  if (late > 0) {
    const exposure = count.queries === 1 ? watched : Math.min(count.exposure, watched);
    const holds = ttl > 0 ? Math.max(0, Math.round((late - exposure) / ttl)) : count.queries;
    return {
      queries: Math.min(count.queries, 1 + holds),
      exposure: exposure + (held.prefetches ? lead : 0),
      prefetches: held.prefetches,
    };
  }
  // A last tenth within the rounding of one second cannot tell a prefetch from an early expiry.
  const tellable = lead > ROUNDING_MS;
  if (tellable && !held.prefetches && late >= -ROUNDING_MS)
    return { queries: 1, exposure: 0, prefetches: false };
  // A cache that prefetches does so at the first visit in the last tenth: for visits, the answer ended there.
  if (late >= -lead && count.queries === 1)
    return { queries: 1, exposure: late + lead, prefetches: tellable };
  return { queries: 0, exposure: 0, prefetches: false };
}
