import { LatencyHistogram, type Percentiles } from './latency.js';

/** What the demo's resolvers and clients did and saw since they started. */
export interface LoadCounters {
  /** `failed`: no address of the answer served the page, or there was no answer. */
  readonly visits: { readonly started: number; readonly failed: number };
  /**
   * `lost`: no answer within the time-out, even if a later try got one. `refused`: an answer without an address.
   * Every query sent is in the end answered, lost or refused.
   */
  readonly queries: {
    readonly sent: number;
    readonly answered: number;
    readonly lost: number;
    readonly refused: number;
    readonly overTcp: number;
  };
  /** Every request counts, also one after which the client found another address that served. */
  readonly requests: { readonly sent: number; readonly ok: number; readonly failed: number };
  /** Requests served, by address. */
  readonly servedBy: ReadonlyMap<string, number>;
  /** What went wrong, in words, and how often; bounded. */
  readonly failures: ReadonlyMap<string, number>;
  readonly queryLatency: Percentiles;
  readonly requestLatency: Percentiles;
}

const MAX_FAILURE_TEXTS = 50;
const OTHER_FAILURES = 'other failures';

/** Counts for `LoadCounters`. */
export class Tally {
  readonly visits = { started: 0, failed: 0 };
  readonly queries = { sent: 0, answered: 0, lost: 0, refused: 0, overTcp: 0 };
  readonly requests = { sent: 0, ok: 0, failed: 0 };
  readonly queryLatency = new LatencyHistogram();
  readonly requestLatency = new LatencyHistogram();
  readonly #servedBy = new Map<string, number>();
  readonly #failures = new Map<string, number>();

  served(address: string): void {
    this.#servedBy.set(address, (this.#servedBy.get(address) ?? 0) + 1);
  }

  failure(text: string): void {
    const known = this.#failures.has(text) || this.#failures.size < MAX_FAILURE_TEXTS;
    const key = known ? text : OTHER_FAILURES;
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
  }

  read(): LoadCounters {
    return {
      visits: { ...this.visits },
      queries: { ...this.queries },
      requests: { ...this.requests },
      servedBy: new Map(this.#servedBy),
      failures: new Map(this.#failures),
      queryLatency: this.queryLatency.percentiles(),
      requestLatency: this.requestLatency.percentiles(),
    };
  }
}
