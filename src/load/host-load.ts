import type { QueryBatch, SourceCount } from './batch.js';
import type { Coverage } from './coverage.js';
import { DemandSum } from './demand-sum.js';
import type { LoadSettings, Rate } from './load.js';
import { Peak } from './peak.js';
import { type Room, SourceTable } from './source-table.js';
import { WindowCounter } from './window.js';
import { rateOf, Windows } from './windows.js';

/** A source that has been silent for so many stable windows, or for so many TTLs, is forgotten. */
const SILENT_WINDOWS = 2;
const SILENT_TTLS = 8;

/** What one batch brought for one page. */
class BatchSum {
  queries = 0;
  visits = 0;
  unexplained = 0;
  validUntil = Number.NEGATIVE_INFINITY;

  add(queries: number, visits: number, unexplained: number, validUntil: number): void {
    this.queries += queries;
    this.visits += visits;
    this.unexplained += unexplained;
    if (visits > 0) this.validUntil = Math.max(this.validUntil, validUntil);
  }
}

/** What the name server saw of one page. */
export class HostLoad {
  #settings: LoadSettings;
  readonly #queries: Windows;
  readonly #visits: Windows;
  /** Visits of the panic window that no source's estimate accounts for: first queries, and clients without a cache. */
  #unexplained: WindowCounter;
  readonly #sources: SourceTable;
  readonly #peak = new Peak();
  #batch = new BatchSum();
  /** Until when queries without a source of their own count. */
  #restUntil = Number.NEGATIVE_INFINITY;
  #lastQuery = Number.NEGATIVE_INFINITY;

  constructor(settings: LoadSettings, maxSources: number, room: Room) {
    this.#settings = settings;
    this.#queries = new Windows(settings);
    this.#visits = new Windows(settings);
    this.#unexplained = new WindowCounter(settings.panicWindow);
    this.#sources = new SourceTable(maxSources, room);
  }

  /** Call `settle` after the last of a batch. */
  addSource(count: SourceCount, batch: QueryBatch, coverage: Coverage): void {
    const entry = this.#sources.entry(count.source, count.queries, batch.to, this.#settings);
    if (entry === null) {
      if (!this.#settings.ignores(count.source)) this.addRest(count.queries, batch);
      return;
    }
    const { visits, unexplained } = entry.add(count, coverage, this.#settings);
    if (!entry.ignored) this.#batch.add(count.queries, visits, unexplained, count.validUntil);
  }

  addRest(queries: number, batch: QueryBatch): void {
    const { stableWindow, panicWindow } = this.#settings;
    this.#restUntil = Math.max(this.#restUntil, batch.to + stableWindow);
    this.#batch.add(queries, queries, queries, batch.to + panicWindow);
  }

  /** Counts what the batch brought. */
  settle(batch: QueryBatch): void {
    const { queries, visits, unexplained, validUntil } = this.#batch;
    this.#batch = new BatchSum();
    if (queries === 0) return;
    this.#lastQuery = Math.max(this.#lastQuery, batch.to);
    this.#queries.add(queries, batch.from, batch.to);
    this.#visits.add(visits, batch.from, batch.to);
    this.#unexplained.add(unexplained, batch.from, batch.to);
    // No longer than a stable window: one burst must not count for the whole of a long TTL.
    const until = Math.min(validUntil, batch.to + this.#settings.stableWindow);
    this.#peak.see(this.#visits.panic, batch.to, until);
  }

  /** Another policy: windows keep what both lengths know; sources that are now ignored, or no longer, start anew. */
  apply(settings: LoadSettings): void {
    if (settings === this.#settings) return;
    this.#settings = settings;
    this.#queries.resize(settings);
    this.#visits.resize(settings);
    this.#unexplained = this.#unexplained.resized(settings.panicWindow);
    this.#sources.forget((entry, source) => entry.ignored !== settings.ignores(source));
  }

  queryRate(coverage: Coverage, now: number): Rate {
    return {
      stable: rateOf(this.#queries.stable, coverage, now),
      panic: rateOf(this.#queries.panic, coverage, now),
      lowerBound: false,
    };
  }

  /** Visits per second at least, from the last moments alone; cheap enough to ask after every batch. */
  heat(coverage: Coverage, now: number): number {
    return Math.max(this.#peak.rate(now), rateOf(this.#visits.panic, coverage, now));
  }

  /**
   * The sum of what the sources tell, and no less than the visits seen. In the panic window the visits of sources not
   * known as caches count as seen; below lies the held peak.
   */
  demand(coverage: Coverage, now: number): Rate {
    const sum = new DemandSum();
    for (const entry of this.#sources.values())
      if (!entry.ignored) entry.addTo(sum, now, coverage, this.#settings);
    const estimated = sum.panicHidden + rateOf(this.#unexplained, coverage, now);
    const heat = this.heat(coverage, now);
    return {
      stable: Math.max(sum.stable, rateOf(this.#visits.stable, coverage, now)),
      panic: Math.max(estimated, heat),
      lowerBound: sum.saturated || heat > estimated || now < this.#restUntil,
    };
  }

  /** Distinct sources that asked within the stable window. */
  uniqueClients(now: number): number {
    const since = now - this.#settings.stableWindow;
    let clients = 0;
    for (const entry of this.#sources.values()) if (!entry.ignored && entry.lastQuery > since) clients += 1;
    return clients;
  }

  /** Forgets silent sources; true when nothing is left that a window or an estimate could show. */
  prune(now: number): boolean {
    const { stableWindow } = this.#settings;
    this.#sources.forget((entry) => {
      const memory = Math.max(
        SILENT_WINDOWS * stableWindow,
        SILENT_TTLS * (entry.validUntil - entry.lastQuery),
      );
      return now - Math.max(entry.validUntil, entry.lastQuery) > memory;
    });
    return this.#sources.size === 0 && now - this.#lastQuery > stableWindow;
  }
}
