import type { Clock } from '../../clock.js';
import { fetchPage, type VisitedPage } from './client.js';
import type { Resolver } from './resolver.js';
import type { Tally } from './tally.js';
import { chooseIndex, type Random, shuffle, zipfShares } from './zipf.js';

/** The first time that a host's address was in an answer, or served a client. */
export interface FirstSeen {
  readonly host: string;
  readonly address: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export interface VisitorOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The same on every address, since DNS carries none. */
  readonly httpPort: number;
  /** For a query, a connection, the headers and the body, each. */
  readonly timeoutMs: number;
  readonly onFirstAnswer?: (seen: FirstSeen) => void;
  readonly onFirstClient?: (seen: FirstSeen) => void;
}

/** More only pile up when nothing answers any longer. */
const MAX_VISITS_UNDER_WAY = 2_000;

/** People behind resolvers: a visit is a look-up in the resolver's cache, or a query, and a request to one address. */
export class Visitors {
  readonly #resolvers: readonly Resolver[];
  readonly #shares: readonly number[];
  readonly #tally: Tally;
  readonly #options: VisitorOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #answered = new Set<string>();
  readonly #served = new Set<string>();

  /** The first resolver has the most people behind it (Zipf's law). */
  constructor(resolvers: readonly Resolver[], tally: Tally, options: VisitorOptions) {
    this.#resolvers = resolvers;
    this.#shares = zipfShares(resolvers.length);
    this.#tally = tally;
    this.#options = options;
  }

  /** Somebody wants this page now. */
  begin(page: VisitedPage): void {
    this.#tally.visits.started += 1;
    if (this.#underWay.size >= MAX_VISITS_UNDER_WAY) {
      this.#tally.visits.failed += 1;
      this.#tally.failure(`more than ${MAX_VISITS_UNDER_WAY} visits were under way`);
      return;
    }
    const visit: Promise<void> = this.#visit(page).finally(() => this.#underWay.delete(visit));
    this.#underWay.add(visit);
  }

  /** Resolves when no visit is under way any more. */
  async finish(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #visit(page: VisitedPage): Promise<void> {
    const lookup = await this.#resolvers[chooseIndex(this.#shares, this.#options.random)]?.lookup(page.host);
    if (lookup?.ok !== true) {
      this.#tally.visits.failed += 1;
      this.#tally.failure(lookup?.reason ?? 'there is no resolver');
      return;
    }
    for (const address of lookup.addresses)
      this.#report(this.#answered, this.#options.onFirstAnswer, page.host, address);
    // A browser goes on to the next address of the same answer; each failure counts all the same.
    for (const address of shuffle(lookup.addresses, this.#options.random)) {
      if (await this.#request(address, page)) return;
    }
    this.#tally.visits.failed += 1;
  }

  async #request(address: string, page: VisitedPage): Promise<boolean> {
    const startedAt = this.#options.clock.now();
    this.#tally.requests.sent += 1;
    const fetched = await fetchPage(address, this.#options.httpPort, page, this.#options.timeoutMs);
    if (fetched.ok) {
      this.#tally.requests.ok += 1;
      this.#tally.requestLatency.record(this.#options.clock.now() - startedAt);
      this.#tally.served(address);
      this.#report(this.#served, this.#options.onFirstClient, page.host, address);
    } else {
      this.#tally.requests.failed += 1;
      this.#tally.failure(fetched.reason);
    }
    return fetched.ok;
  }

  #report(seen: Set<string>, listener: VisitorOptions['onFirstClient'], host: string, address: string): void {
    const key = `${address} ${host}`;
    if (seen.has(key)) return;
    seen.add(key);
    listener?.({ host, address, at: this.#options.clock.now() });
  }
}
