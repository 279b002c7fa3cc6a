import type { StringAnswer } from 'dns-packet';
import { fetchPage, type VisitedPage } from '../../src/cli/demo/client.js';
import { Exchange, type ServerAddress } from '../../src/cli/demo/exchange.js';
import type { Random } from '../../src/cli/demo/zipf.js';

/** Where it asks from; a policy under test ignores it. */
export const WATCHER = '127.54.0.1';

const QUERY_TIMEOUT_MS = 250;
const FETCH_TIMEOUT_MS = 5_000;
const PAUSE_MS = 20;
/** An address that stays in the answer is asked for its page so often, and a new one at once. */
const FETCH_INTERVAL_MS = 500;
const RCODE_MASK = 0b1111;

export interface WatcherOptions {
  readonly server: ServerAddress;
  readonly httpPort: number;
  readonly pages: readonly VisitedPage[];
  readonly random: Random;
}

/** Asks the name server all the time, and each address of an answer for the page, at that very moment. */
export class AnswerWatcher {
  readonly #options: WatcherOptions;
  readonly #exchange: Exchange;
  readonly #stop = new AbortController();
  readonly #fetchedAt = new Map<string, number>();
  readonly #running: Promise<unknown>;
  /** What must not be, in words. */
  readonly violations: string[] = [];
  /** Every address that was ever answered. */
  readonly addresses = new Set<string>();
  answers = 0;
  unanswered = 0;
  fetches = 0;

  static async start(options: WatcherOptions): Promise<AnswerWatcher> {
    const exchange = await Exchange.open(WATCHER, options.server, QUERY_TIMEOUT_MS, options.random);
    return new AnswerWatcher(options, exchange);
  }

  private constructor(options: WatcherOptions, exchange: Exchange) {
    this.#options = options;
    this.#exchange = exchange;
    this.#running = Promise.all(options.pages.map((page) => this.#watch(page)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#exchange.close();
  }

  async #watch(page: VisitedPage): Promise<void> {
    const fetches = new Set<Promise<void>>();
    let before: readonly string[] = [];
    while (!this.#stop.signal.aborted) {
      const addresses = await this.#ask(page.host);
      for (const address of addresses ?? []) {
        const key = `${page.host} ${address}`;
        const isDue = performance.now() - (this.#fetchedAt.get(key) ?? 0) > FETCH_INTERVAL_MS;
        if (before.includes(address) && !isDue) continue;
        this.#fetchedAt.set(key, performance.now());
        const fetch: Promise<void> = this.#fetch(address, page).finally(() => fetches.delete(fetch));
        fetches.add(fetch);
      }
      before = addresses ?? before;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    await Promise.all(fetches);
  }

  async #ask(host: string): Promise<readonly string[] | null> {
    const reply = await this.#exchange.askOverUdp(host);
    if (reply === null) {
      this.unanswered += 1;
      return null;
    }
    this.answers += 1;
    const addresses = (reply.answers ?? [])
      .filter((answer): answer is StringAnswer => answer.type === 'A')
      .map(({ data }) => data);
    const rcode = (reply.flags ?? 0) & RCODE_MASK;
    if (rcode !== 0 || addresses.length === 0)
      this.violations.push(`RCODE ${rcode} with ${addresses.length} addresses for ${host}`);
    for (const address of addresses) this.addresses.add(address);
    return addresses;
  }

  async #fetch(address: string, page: VisitedPage): Promise<void> {
    this.fetches += 1;
    const fetched = await fetchPage(address, this.#options.httpPort, page, FETCH_TIMEOUT_MS);
    if (!fetched.ok) this.violations.push(`${new Date().toISOString()} answered, but ${fetched.reason}`);
  }
}
