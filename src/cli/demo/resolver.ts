import type { DecodedPacket, StringAnswer } from 'dns-packet';
import type { Clock } from '../../clock.js';
import { Exchange, type ServerAddress } from './exchange.js';
import type { Tally } from './tally.js';
import type { Random } from './zipf.js';

/** Addresses of a host, from the cache or fresh, or why there are none. */
export type Lookup =
  | { readonly ok: true; readonly addresses: readonly string[]; readonly cached: boolean }
  | { readonly ok: false; readonly reason: string };

interface CacheEntry {
  readonly addresses: readonly string[];
  /** Monotonic milliseconds. */
  readonly validUntil: number;
}

export interface ResolverOptions {
  /** The address that the name server sees. */
  readonly source: string;
  readonly server: ServerAddress;
  readonly clock: Clock;
  readonly random: Random;
  readonly tally: Tally;
  readonly timeoutMs: number;
  readonly attempts?: number;
}

/** Stub and forwarding resolvers try about so often before they give up (resolv.conf(5), attempts). */
const ATTEMPTS = 3;
const RCODE_MASK = 0b1111;
const NOERROR = 0;
/** RFC 6895 section 2.3, as far as an authoritative server answers with them. */
const RCODE_NAMES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** A caching resolver: it asks again only when the answer that it holds has run out, however many wait for it. */
export class Resolver {
  readonly #options: ResolverOptions;
  readonly #exchange: Exchange;
  readonly #cache = new Map<string, CacheEntry>();
  readonly #asking = new Map<string, Promise<Lookup>>();

  static async open(options: ResolverOptions): Promise<Resolver> {
    const exchange = await Exchange.open(options.source, options.server, options.timeoutMs, options.random);
    return new Resolver(options, exchange);
  }

  private constructor(options: ResolverOptions, exchange: Exchange) {
    this.#options = options;
    this.#exchange = exchange;
  }

  async lookup(host: string): Promise<Lookup> {
    const cached = this.#cache.get(host);
    if (cached !== undefined && this.#options.clock.now() < cached.validUntil)
      return { ok: true, addresses: cached.addresses, cached: true };
    const asking = this.#asking.get(host) ?? this.#ask(host).finally(() => this.#asking.delete(host));
    this.#asking.set(host, asking);
    return asking;
  }

  close(): void {
    this.#exchange.close();
  }

  async #ask(host: string): Promise<Lookup> {
    const { attempts = ATTEMPTS } = this.#options;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const reply = await this.#exchangeOnce(host);
      if (reply !== null) return this.#take(host, reply);
    }
    return { ok: false, reason: `no answer for ${host} after ${attempts} queries` };
  }

  async #exchangeOnce(host: string): Promise<DecodedPacket | null> {
    const overUdp = await this.#counted(() => this.#exchange.askOverUdp(host));
    if (overUdp === null || !overUdp.flag_tc) return overUdp;
    // RFC 7766 section 5: a truncated answer is asked for again over TCP.
    this.#options.tally.queries.answered += 1;
    this.#options.tally.queries.overTcp += 1;
    return this.#counted(() => this.#exchange.askOverTcp(host));
  }

  async #counted(ask: () => Promise<DecodedPacket | null>): Promise<DecodedPacket | null> {
    const { tally, clock } = this.#options;
    const askedAt = clock.now();
    tally.queries.sent += 1;
    const reply = await ask();
    if (reply === null) {
      tally.queries.lost += 1;
      tally.failure(`a query from ${this.#options.source} was lost`);
    } else tally.queryLatency.record(clock.now() - askedAt);
    return reply;
  }

  #take(host: string, reply: DecodedPacket): Lookup {
    const { tally, clock } = this.#options;
    const records = (reply.answers ?? []).filter((answer): answer is StringAnswer => answer.type === 'A');
    const rcode = (reply.flags ?? 0) & RCODE_MASK;
    if (rcode !== NOERROR || records.length === 0) {
      tally.queries.refused += 1;
      return {
        ok: false,
        reason: `${rcode === NOERROR ? 'NODATA' : (RCODE_NAMES[rcode] ?? `RCODE ${rcode}`)} for ${host}`,
      };
    }
    tally.queries.answered += 1;
    const addresses = records.map((record) => record.data);
    const ttl = Math.min(...records.map((record) => record.ttl ?? 0));
    this.#cache.set(host, { addresses, validUntil: clock.now() + ttl * 1_000 });
    return { ok: true, addresses, cached: false };
  }
}
