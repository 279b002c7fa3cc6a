import type { Answer, System } from './system.js';
import type { CacheKind } from './workload.js';

interface Held {
  answer: Answer;
  validUntil: number;
  /** The first visit from here on makes a cache that prefetches ask again. */
  renewAt: number;
}

const PREFETCH_SHARE = 0.9;

/** What every cache holds of every page. */
export class Caches {
  readonly #kinds: readonly CacheKind[];
  readonly #pages: number;
  readonly #held = new Map<number, Held>();
  /** Queries that reached the name server, by page. */
  readonly queries: Float64Array;

  constructor(kinds: readonly CacheKind[], pages: number) {
    this.#kinds = kinds;
    this.#pages = pages;
    this.queries = new Float64Array(pages);
  }

  /** The answer that a visitor gets, from the cache or through it. */
  lookUp(system: System, cache: number, page: number, at: number): Answer {
    const kind = this.#kinds[cache];
    if (kind === undefined) throw new Error(`there is no cache ${cache}`);
    if (!kind.caches) return this.#ask(system, kind, page, at);
    const key = cache * this.#pages + page;
    const held = this.#held.get(key);
    if (held !== undefined && at < held.validUntil) {
      const { answer } = held;
      if (at >= held.renewAt) Object.assign(held, this.#renew(system, kind, page, at));
      return answer;
    }
    const renewed = this.#renew(system, kind, page, at);
    if (held === undefined) this.#held.set(key, renewed);
    else Object.assign(held, renewed);
    return renewed.answer;
  }

  #renew(system: System, kind: CacheKind, page: number, at: number): Held {
    const answer = this.#ask(system, kind, page, at);
    const kept = Math.min(Math.max(answer.ttlMs, kind.floorMs), kind.capMs);
    const validUntil = at + kept;
    return {
      answer,
      validUntil,
      renewAt: kind.prefetches ? at + kept * PREFETCH_SHARE : Number.POSITIVE_INFINITY,
    };
  }

  #ask(system: System, kind: CacheKind, page: number, at: number): Answer {
    this.queries[page] = (this.queries[page] ?? 0) + 1;
    return system.ask(page, kind.source, at);
  }
}
