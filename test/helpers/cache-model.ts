import type { AddressQueryType, QueryBatch } from '../../src/load/batch.js';
import { Meter } from '../../src/load/meter.js';
import { seededRandom } from './random.js';

/** A demand that changes is looked at so often. */
const STEP_MS = 10;

/** Visitors behind resolver caches, acted out in virtual time. */
export interface CacheModel {
  readonly seed: number;
  /** Resolvers; their shares of the visits follow Zipf's law with exponent 1. */
  readonly caches: number;
  /** Visits per second, or as a function of seconds since the start. */
  readonly demand: number | ((second: number) => number);
  /** TTL in seconds that the name server hands out, or as a function of seconds since the start. */
  readonly ttl: number | ((second: number) => number);
  readonly seconds: number;
  /** Chance that a resolver prefetches: the first visit in the last tenth of the TTL renews the answer. */
  readonly prefetch?: number;
  /** Seconds below which resolvers do not let a TTL fall. */
  readonly ttlFloor?: number;
  /** Caches behind each address; a visit picks one at random. */
  readonly pool?: number;
  /** Expiries are rounded to whole seconds of the resolver's clock, up or down. */
  readonly wholeSeconds?: boolean;
  /** Types that each visit asks for. */
  readonly types?: readonly AddressQueryType[];
  readonly host?: string;
}

export interface ModelQuery {
  readonly at: number;
  readonly host: string;
  readonly source: string;
  readonly type: AddressQueryType;
  /** Milliseconds, as handed out. */
  readonly ttl: number;
}

/** Queries that reach the name server, in order of time. */
export function* queriesOf(model: CacheModel): Generator<ModelQuery> {
  const random = seededRandom(model.seed);
  const share = zipf(model.caches);
  const pool = model.pool ?? 1;
  const held = new Float64Array(model.caches * pool);
  const renew = new Float64Array(model.caches * pool);
  const prefetches = Array.from({ length: model.caches }, () => random() < (model.prefetch ?? 0));
  const phase = Array.from({ length: model.caches }, () => random() * 1_000);
  const demandAt = typeof model.demand === 'number' ? () => model.demand as number : model.demand;
  const ttlAt = typeof model.ttl === 'number' ? () => model.ttl as number : model.ttl;
  const step = typeof model.demand === 'number' ? Number.POSITIVE_INFINITY : STEP_MS;
  let at = 0;
  for (;;) {
    const wait = exponential(random, demandAt(at / 1_000));
    at += Math.min(wait, step);
    if (at >= model.seconds * 1_000) return;
    // A Poisson process has no memory: if nobody came within the step, the wait begins anew at the rate of then.
    if (wait > step) continue;
    const cache = pick(share, random());
    const slot = cache * pool + Math.floor(random() * pool);
    if (at < (prefetches[cache] === true ? (renew[slot] ?? 0) : (held[slot] ?? 0))) continue;
    const ttl = ttlAt(at / 1_000) * 1_000;
    const kept = Math.max(ttl, (model.ttlFloor ?? 0) * 1_000);
    const offset = phase[cache] ?? 0;
    const expiry = at + kept;
    held[slot] =
      model.wholeSeconds === true ? Math.round((expiry - offset) / 1_000) * 1_000 + offset : expiry;
    renew[slot] = (held[slot] ?? 0) - kept / 10;
    for (const type of model.types ?? ['A'])
      yield { at, host: model.host ?? 'page.example', source: addressOf(cache), type, ttl };
  }
}

/** What the meter of the DNS process reports of these queries, every `intervalMs`, up to `untilMs`. */
export function* batchesOf(
  queries: Iterable<ModelQuery>,
  intervalMs: number,
  untilMs: number,
): Generator<QueryBatch> {
  const meter = new Meter(0);
  let next = intervalMs;
  for (const { at, host, source, type, ttl } of queries) {
    for (; next <= at; next += intervalMs) yield meter.flush(next);
    meter.observe(host, source, type, ttl, at);
  }
  for (; next <= untilMs; next += intervalMs) yield meter.flush(next);
}

/** Milliseconds to the next event of a Poisson process with so many events a second. */
export function exponential(random: () => number, perSecond: number): number {
  return perSecond > 0 ? (-Math.log(1 - random()) / perSecond) * 1_000 : Number.POSITIVE_INFINITY;
}

function addressOf(cache: number): string {
  return `198.18.${cache >> 8}.${cache & 255}`;
}

/** Cumulative shares. */
function zipf(size: number): readonly number[] {
  const weights = Array.from({ length: size }, (_, index) => 1 / (index + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight / total;
    return sum;
  });
}

function pick(cumulative: readonly number[], at: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
