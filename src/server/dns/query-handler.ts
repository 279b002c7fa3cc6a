import type { Clock } from '../../clock.js';
import { Responder } from '../../dns/answer.js';
import { TYPE } from '../../dns/rr-type.js';
import type { Zone } from '../../dns/zone.js';
import type { AddressQueryType } from '../../load/batch.js';
import type { Meter } from '../../load/meter.js';
import type { QueryLog } from './query-log.js';
import type { Statistics } from './statistics.js';

/** Where a message came from. */
export interface Origin {
  readonly isUdp: boolean;
  readonly isIpv4: boolean;
}

/** What happens to one message on any transport: it is answered, counted and metered. */
export class QueryHandler {
  /** Null: no query is kept for anybody's eyes. */
  queryLog: QueryLog | null = null;
  readonly #responder: Responder;
  readonly #meter: Meter;
  readonly #statistics: Statistics;
  readonly #clock: Clock;

  constructor(zone: Zone, meter: Meter, statistics: Statistics, clock: Clock) {
    this.#responder = new Responder(zone, Math.random);
    this.#meter = meter;
    this.#statistics = statistics;
    this.#clock = clock;
  }

  get zone(): Zone {
    return this.#responder.zone;
  }

  set zone(zone: Zone) {
    this.#responder.zone = zone;
  }

  /** Writes the reply into `reply` and returns its length; 0 = no reply is due. `source` is an address. */
  handle(message: Uint8Array, reply: Uint8Array, origin: Origin, source: string): number {
    const responder = this.#responder;
    const startedAt = this.#clock.now();
    const length = responder.respond(message, message.length, reply, origin.isUdp);
    const { verdict, query, page } = responder;
    if (verdict === 'short' || verdict === 'response') {
      this.#statistics.countDrop(verdict);
      return 0;
    }
    this.#statistics.countRequest(origin.isUdp, origin.isIpv4, verdict === 'query' ? query.type : -1);
    this.#statistics.countResponse(responder.rcode, responder.source, responder.truncated);
    const endedAt = this.#clock.now();
    this.#statistics.countDuration(endedAt - startedAt);
    if (this.queryLog !== null && verdict === 'query' && query.key === this.queryLog.name) {
      this.queryLog.note({
        at: this.#clock.wall(),
        source,
        isUdp: origin.isUdp,
        type: query.type,
        rcode: responder.rcode,
        answer: responder.source,
        truncated: responder.truncated,
      });
    }
    if (page !== null) {
      // Not the client subnet, if there is one: we answer with scope 0, so one cache has one answer for all its clients.
      const id = ((message[0] ?? 0) << 8) | (message[1] ?? 0);
      this.#meter.observe(page.host, source, addressType(query.type), responder.pageTtlMs, endedAt, id);
    }
    return length;
  }
}

function addressType(type: number): AddressQueryType {
  if (type === TYPE.A) return 'A';
  return type === TYPE.AAAA ? 'AAAA' : 'HTTPS';
}
