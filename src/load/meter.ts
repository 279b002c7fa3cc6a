import type { AddressQueryType, QueryBatch, SourceCount } from './batch.js';

export interface MeterSettings {
  /** At most so many combinations of host, source and type are told apart; queries of others are summed per host. */
  readonly maxSources?: number;
  /** Milliseconds after which a source that asked nothing may be forgotten. It is forgotten after twice that, or sooner where the table is full. */
  readonly idleMs?: number;
}

const DEFAULT_MAX_SOURCES = 50_000;
/** Longer than the longest TTL of a page, so that the gap between two queries of a quiet cache is still seen. */
const DEFAULT_IDLE_MS = 600_000;
/** So soon a full table makes room at the earliest: a flood of sources that ask once goes, caches that ask again stay. */
const FULL_IDLE_MS = 60_000;
/** A query with the same message id as the one before it within this time is a retry (RFC 1035 section 4.2.1). */
const RETRY_MS = 2_000;
const NO_ID = -1;

/** What is known of one source that asks for one type of one host; the counts are those since the last batch. */
interface Entry {
  readonly host: string;
  readonly source: string;
  readonly type: AddressQueryType;
  queries: number;
  exposure: number;
  lastQuery: number;
  validUntil: number;
  lastId: number;
}

/**
 * Counts queries for pages by source, with the time in which each source held no valid answer: behind a cache, how
 * soon it asks again after that tells the demand, and how often it asks does not. Memory is bounded: the table has two
 * generations, of which the older is dropped as a whole, so that no query ever waits for a clean-up.
 */
export class Meter {
  readonly #maxSources: number;
  readonly #idleMs: number;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #rotatedAt: number;
  #batchFrom: number;
  /** Entries with queries since the last batch. */
  #asked: Entry[] = [];
  #rest = new Map<string, number>();

  /** `now`: monotonic milliseconds, as everywhere here. */
  constructor(now: number, settings: MeterSettings = {}) {
    this.#maxSources = settings.maxSources ?? DEFAULT_MAX_SOURCES;
    this.#idleMs = settings.idleMs ?? DEFAULT_IDLE_MS;
    this.#rotatedAt = now;
    this.#batchFrom = now;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * Counts one query that has been answered: `ttlMs` is what the answer gave the source. `id` is the message id,
   * by which a retry is known.
   */
  observe(
    host: string,
    source: string,
    type: AddressQueryType,
    ttlMs: number,
    now: number,
    id: number = NO_ID,
  ): void {
    const key = `${type} ${source} ${host}`;
    const entry = this.#young.get(key) ?? this.#revive(key);
    if (entry === undefined) {
      this.#admit(key, {
        host,
        source,
        type,
        queries: 1,
        exposure: 0,
        lastQuery: now,
        validUntil: now + ttlMs,
        lastId: id,
      });
      return;
    }
    if (id !== NO_ID && id === entry.lastId && now - entry.lastQuery < RETRY_MS) return;
    if (entry.queries === 0) this.#asked.push(entry);
    entry.queries += 1;
    entry.exposure += Math.max(0, now - entry.validUntil);
    entry.lastQuery = now;
    entry.validUntil = now + ttlMs;
    entry.lastId = id;
  }

  /** Moves an entry of the old generation to the young one. */
  #revive(key: string): Entry | undefined {
    const entry = this.#old.get(key);
    if (entry === undefined) return undefined;
    this.#old.delete(key);
    this.#young.set(key, entry);
    return entry;
  }

  #admit(key: string, entry: Entry): void {
    if (this.size >= this.#maxSources) {
      this.#rest.set(entry.host, (this.#rest.get(entry.host) ?? 0) + 1);
      return;
    }
    this.#young.set(key, entry);
    this.#asked.push(entry);
  }

  /** Everything since the last batch. */
  flush(now: number): QueryBatch {
    const sources = this.#asked.map(toSourceCount);
    for (const entry of this.#asked) {
      entry.queries = 0;
      entry.exposure = 0;
    }
    const rest = [...this.#rest].map(([host, queries]) => ({ host, queries }));
    const batch = { from: this.#batchFrom, to: now, sources, rest };
    this.#batchFrom = now;
    this.#asked = [];
    this.#rest = new Map();
    const idleMs = this.size < this.#maxSources ? this.#idleMs : Math.min(this.#idleMs, FULL_IDLE_MS);
    if (now - this.#rotatedAt >= idleMs) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#rotatedAt = now;
    }
    return batch;
  }
}

function toSourceCount(entry: Entry): SourceCount {
  const { host, source, type, queries, exposure, lastQuery, validUntil } = entry;
  return { host, source, type, queries, exposure, lastQuery, validUntil };
}
