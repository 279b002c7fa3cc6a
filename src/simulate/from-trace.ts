import { findHoles, type Hole } from '../trace/holes.js';
import type { Trace } from '../trace/trace.js';
import { poisson, seededRandom } from './random.js';
import { visitsBehind } from './source-visits.js';
import { type CacheKind, PLAIN_CACHE, type SimulatedPage, type Visit, type Workload } from './workload.js';

/** A trace as something that can happen again, and what was found out about it on the way. */
export interface TraceWorkload extends Workload {
  /** Unix milliseconds of the start. */
  readonly startedAt: number;
  readonly notes: WorkloadNotes;
}

export interface WorkloadNotes {
  /** Queries for a page's addresses; those for its other records, and for names that are no page. */
  readonly queries: number;
  readonly otherTypes: number;
  readonly strangers: number;
  /** The names among them that were asked for most, with how often. */
  readonly strangerNames: readonly { readonly name: string; readonly queries: number }[];
  /** Sources by what they look like: caches, those of them that hide any number of visits, and clients without one. */
  readonly caches: number;
  readonly saturated: number;
  readonly clients: number;
  readonly holes: readonly Hole[];
}

export interface TraceOptions {
  readonly pages: readonly SimulatedPage[];
  /** Milliseconds: the TTL of the answers when the trace was recorded, which a log of queries does not tell. */
  readonly ttlMs: number;
  readonly seed: number;
}

const ADDRESS_TYPES = new Set(['A', 'AAAA', 'HTTPS']);
/** A, AAAA and HTTPS that a visit asks for together come within this time. */
const TOGETHER_MS = 2_000;
const STRANGERS_SHOWN = 5;
const BUCKET_MS = 1_000;

interface Group {
  readonly page: number;
  readonly source: number;
  readonly times: number[];
}

/**
 * Guesses the visits behind a trace of queries: each query was one, and behind each answer that a cache held more were
 * hidden, as many as how soon it asked again lets expect. What no query shows cannot be known: how many visits there
 * were behind a cache that asked at once whenever it could, how many caches share an address, and whether a query led
 * to a visit at all.
 */
export function traceWorkload(trace: Trace, { pages, ttlMs, seed }: TraceOptions): TraceWorkload {
  const startedAt = trace.times[0] ?? 0;
  const pageOf = pageNumbers(trace, pages);
  const holes = findHoles(trace);
  const { groups, otherTypes, strangers } = group(trace, pageOf, startedAt);
  const kinds: CacheKind[] = [];
  const queries: {
    readonly at: number;
    readonly visit: Visit;
    readonly rate: number;
    readonly until: number;
  }[] = [];
  let saturated = 0;
  for (const { page, source, times } of groups) {
    const visits = visitsBehind(Float64Array.from(times), ttlMs);
    const cache = kinds.length;
    kinds.push({ ...PLAIN_CACHE, source: trace.sources[source] ?? '', caches: visits.caches });
    if (visits.isSaturated) saturated += 1;
    for (const [query, at] of times.entries()) {
      const until = Math.min(at + ttlMs, times[query + 1] ?? Number.POSITIVE_INFINITY);
      queries.push({ at, visit: { at, page, cache }, rate: visits.rates[query] ?? 0, until });
    }
  }
  queries.sort((a, b) => a.at - b.at);
  const relative = holes.map(({ from, to }) => ({ from: from - startedAt, to: to - startedAt }));
  const durationMs = Math.ceil(((trace.times.at(-1) ?? startedAt) - startedAt) / BUCKET_MS + 1) * BUCKET_MS;
  return {
    pages,
    caches: kinds,
    durationMs,
    visits: () => visitsOf(queries, relative, seed),
    demand: null,
    holes: relative,
    startedAt,
    notes: {
      queries: trace.times.length - otherTypes - strangers,
      otherTypes,
      strangers,
      strangerNames: mostAsked(trace, pageOf),
      caches: kinds.filter(({ caches }) => caches).length,
      saturated,
      clients: kinds.filter(({ caches }) => !caches).length,
      holes,
    },
  };
}

/** The page of each of the trace's names; -1 where it is none. */
function pageNumbers(trace: Trace, pages: readonly SimulatedPage[]): readonly number[] {
  const numbers = new Map(pages.map(({ host }, page) => [host, page]));
  return trace.names.map((name) => numbers.get(name) ?? -1);
}

/** The queries of each source for each page: of the types that a visit asks for together, only the first counts. */
function group(
  trace: Trace,
  pageOf: readonly number[],
  startedAt: number,
): { groups: Iterable<Group>; otherTypes: number; strangers: number } {
  const groups = new Map<number, Group & { type: number; last: number }>();
  let otherTypes = 0;
  let strangers = 0;
  for (const [row, time] of trace.times.entries()) {
    const page = pageOf[trace.nameOf[row] ?? -1] ?? -1;
    const type = trace.typeOf[row] ?? -1;
    const source = trace.sourceOf[row] ?? -1;
    if (page < 0) strangers += 1;
    else if (!ADDRESS_TYPES.has(trace.types[type] ?? '')) otherTypes += 1;
    else {
      const at = time - startedAt;
      const key = source * pageOf.length + page;
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { page, source, times: [at], type, last: at });
      else if (known.type === type || at - known.last > TOGETHER_MS) {
        known.times.push(at);
        known.last = at;
        known.type = type;
      }
    }
  }
  return { groups: groups.values(), otherTypes, strangers };
}

function mostAsked(
  trace: Trace,
  pageOf: readonly number[],
): readonly { readonly name: string; readonly queries: number }[] {
  const counts = new Float64Array(trace.names.length);
  for (const name of trace.nameOf) counts[name] = (counts[name] ?? 0) + 1;
  return [...trace.names.entries()]
    .filter(([name]) => (pageOf[name] ?? -1) < 0)
    .map(([place, name]) => ({ name, queries: counts[place] ?? 0 }))
    .sort((a, b) => b.queries - a.queries)
    .slice(0, STRANGERS_SHOWN);
}

/** Each query as a visit, and those that its answer hid; the latter wait in buckets until their time has come. */
function* visitsOf(
  queries: readonly {
    readonly at: number;
    readonly visit: Visit;
    readonly rate: number;
    readonly until: number;
  }[],
  holes: readonly Hole[],
  seed: number,
): Generator<Visit> {
  const random = seededRandom(seed);
  const buckets = new Map<number, Visit[]>();
  const put = (visit: Visit): void => {
    const bucket = Math.floor(visit.at / BUCKET_MS);
    const known = buckets.get(bucket);
    if (known === undefined) buckets.set(bucket, [visit]);
    else known.push(visit);
  };
  let emitted = 0;
  for (const { at, visit, rate, until } of queries) {
    for (const due = Math.floor(at / BUCKET_MS); emitted < due; emitted += 1) {
      yield* inOrder(buckets.get(emitted));
      buckets.delete(emitted);
    }
    put(visit);
    const end = Math.min(
      until,
      holes.find(({ from, to }) => at <= from && until > from && to > at)?.from ?? until,
    );
    for (let hidden = poisson(rate * (end - at), random); hidden > 0; hidden -= 1)
      put({ ...visit, at: at + random() * (end - at) });
  }
  for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) yield* inOrder(buckets.get(bucket));
}

function inOrder(visits: Visit[] | undefined): readonly Visit[] {
  return (visits ?? []).sort((a, b) => a.at - b.at);
}
