import type { QueryBatch, RequestCount, SourceCount } from './batch.js';
import { Coverage } from './coverage.js';
import { HostLoad } from './host-load.js';
import type { LoadSettings, PageLoad, Rate } from './load.js';
import { ORIGIN, Reports, RequestLoad } from './request-load.js';
import type { Room } from './source-table.js';

export interface LoadBookOptions {
  /** How a page is measured, by its policy. Settings are compared by identity: another object is another policy. */
  readonly settingsFor: (host: string) => LoadSettings;
  /** Sources kept apart, over all pages and per page; what finds no room is counted in sum. */
  readonly maxSources?: number;
  readonly maxSourcesPerPage?: number;
  /** Milliseconds without a batch after which the name server's numbers are unknown. */
  readonly queryStaleness?: number;
  /** Milliseconds without a report after which a server's requests are unknown. */
  readonly requestStaleness?: number;
  /** False: the origin never tells its counts, so the requests are those of the replicas, and more than that in truth. */
  readonly originTells?: boolean;
}

interface Page {
  settings: LoadSettings;
  queries: HostLoad | null;
  requests: RequestLoad | null;
}

const NOTHING: Rate = { stable: 0, panic: 0, lowerBound: false };
/** A replica whose reports ended so long ago is no replica any more. */
const SERVER_SILENCE_MS = 600_000;

/**
 * What is known of every page's load: fed with batches of the DNS process and counts of the HTTP servers, asked by the
 * control loop. Bounded in memory whatever is asked for, and its work follows the pages that are asked for, not the
 * pages that there are. All times are monotonic milliseconds.
 */
export class LoadBook {
  readonly #options: Required<LoadBookOptions>;
  readonly #room: Room;
  readonly #pages = new Map<string, Page>();
  readonly #coverage = new Coverage();
  readonly #reports = new Reports();
  #lastBatch = Number.NEGATIVE_INFINITY;
  #changed = new Set<string>();

  constructor(options: LoadBookOptions) {
    this.#options = {
      maxSources: 65_536,
      maxSourcesPerPage: 4_096,
      queryStaleness: 2_000,
      requestStaleness: 5_000,
      originTells: true,
      ...options,
    };
    this.#room = { left: this.#options.maxSources };
  }

  /** Ignores a batch whose time runs backwards: its counts belong to no window. */
  addQueries(batch: QueryBatch): void {
    if (!this.#coverage.add(batch.from, batch.to)) return;
    this.#lastBatch = batch.to;
    const touched = new Set<HostLoad>();
    for (const count of batch.sources) {
      if (!(count.queries > 0)) continue;
      const queries = this.#queriesOf(count.host);
      queries.addSource(sane(count, batch), batch, this.#coverage);
      touched.add(queries);
    }
    for (const { host, queries } of batch.rest) {
      if (!(queries > 0)) continue;
      const page = this.#queriesOf(host);
      page.addRest(queries, batch);
      touched.add(page);
    }
    for (const queries of touched) queries.settle(batch);
  }

  /** Counts also prove that their servers report; use `addReport` for a server that had nothing to count. */
  addRequests(counts: readonly RequestCount[]): void {
    for (const count of counts) {
      if (!this.#reports.add(count.server, count.from, count.to) || !(count.requests > 0)) continue;
      const page = this.#page(count.host);
      page.requests ??= new RequestLoad(page.settings);
      page.requests.add(count);
      this.#changed.add(count.host);
    }
  }

  /** The server's counts for this time are complete, even if there were none. */
  addReport(server: string, from: number, to: number): void {
    this.#reports.add(server, from, to);
  }

  /** `replicas` are the servers beside the origin that should have told their counts by now. */
  load(host: string, now: number, replicas: readonly string[] = []): PageLoad {
    const page = this.#pages.get(host);
    if (page !== undefined) this.#apply(page, host);
    const known = this.#queriesKnown(now);
    const queries = page?.queries ?? null;
    return {
      demand: known ? (queries?.demand(this.#coverage, now) ?? NOTHING) : null,
      queryRate: known ? (queries?.queryRate(this.#coverage, now) ?? NOTHING) : null,
      requestRate: this.#requestRate(page, now, replicas),
      uniqueClients: known ? (queries?.uniqueClients(now) ?? 0) : null,
    };
  }

  /** Visits per second at least, from the last moments; 0 when nothing is known. Costs the same for every page. */
  heat(host: string, now: number): number {
    if (!this.#queriesKnown(now)) return 0;
    return this.#pages.get(host)?.queries?.heat(this.#coverage, now) ?? 0;
  }

  /** Pages that were asked for and have not been pruned since; all others have no load. */
  hosts(): IterableIterator<string> {
    return this.#pages.keys();
  }

  /** Pages that were asked for since the last call. */
  takeChanged(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** Sources kept apart now, for metrics. */
  get sources(): number {
    return this.#options.maxSources - this.#room.left;
  }

  /** Forgets pages and sources that are silent; call it every few seconds. */
  prune(now: number): void {
    for (const [host, page] of this.#pages) {
      if (page.queries?.prune(now) === true) page.queries = null;
      if (page.requests?.idle(now) === true) page.requests = null;
      if (page.queries === null && page.requests === null) this.#pages.delete(host);
    }
    this.#reports.prune(now, SERVER_SILENCE_MS);
  }

  #queriesOf(host: string): HostLoad {
    const page = this.#page(host);
    page.queries ??= new HostLoad(page.settings, this.#options.maxSourcesPerPage, this.#room);
    this.#changed.add(host);
    return page.queries;
  }

  #page(host: string): Page {
    let page = this.#pages.get(host);
    if (page === undefined) {
      page = { settings: this.#options.settingsFor(host), queries: null, requests: null };
      this.#pages.set(host, page);
    }
    return page;
  }

  #apply(page: Page, host: string): void {
    const settings = this.#options.settingsFor(host);
    if (settings === page.settings) return;
    page.settings = settings;
    page.queries?.apply(settings);
    page.requests?.apply(settings);
  }

  /** Known while batches come, and come from a clock that agrees with `now`. */
  #queriesKnown(now: number): boolean {
    return Math.abs(now - this.#lastBatch) <= this.#options.queryStaleness;
  }

  #requestRate(page: Page | undefined, now: number, replicas: readonly string[]): Rate | null {
    const told = (server: string): boolean =>
      this.#reports.fresh(server, now, this.#options.requestStaleness);
    const missing = replicas.filter((replica) => !told(replica)).length;
    const requests = page?.requests ?? null;
    if (!this.#options.originTells) {
      if (missing > 0 && missing === replicas.length) return null;
      return { ...(requests?.rate(this.#coverage, now, true) ?? NOTHING), lowerBound: true };
    }
    const origin = this.#reports.of(ORIGIN);
    if (origin === undefined || !told(ORIGIN)) return null;
    return requests?.rate(origin, now, missing > 0) ?? { ...NOTHING, lowerBound: missing > 0 };
  }
}

/** A query cannot come after its batch, nor its answer expire before it was given. */
function sane(count: SourceCount, batch: QueryBatch): SourceCount {
  const { lastQuery, validUntil, exposure } = count;
  if (lastQuery <= batch.to && validUntil >= lastQuery && exposure >= 0 && validUntil < Infinity)
    return count;
  const last = Math.min(Number.isFinite(lastQuery) ? lastQuery : batch.to, batch.to);
  return {
    ...count,
    lastQuery: last,
    validUntil: Number.isFinite(validUntil) ? Math.max(validUntil, last) : last,
    exposure: exposure > 0 && Number.isFinite(exposure) ? exposure : 0,
  };
}
