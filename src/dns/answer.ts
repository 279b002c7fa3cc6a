import type { AnswerSource } from './counters.js';
import type { AddressRecords, PageRecords } from './page-records.js';
import { Query, type Verdict } from './query.js';
import { FLAG_AA, FLAG_QR, FLAG_RD, OPCODE_MASK, Reply } from './reply.js';
import { CLASS_IN, RCODE, TYPE } from './rr-type.js';
import type { Rrset } from './rrset.js';
import type { Zone } from './zone.js';
import type { ZoneNode } from './zone-node.js';

/** A message over TCP (RFC 1035 section 4.2.2). */
export const MAX_TCP_PAYLOAD = 65_535;
/** Within the zone; a longer chain is a mistake or a loop. */
const MAX_CNAME_CHAIN = 8;

const MILLISECONDS_PER_SECOND = 1_000;

/**
 * Answers queries from a zone. It does no I/O and knows no time; chance is an argument. What there is to count of the
 * last query stays in its fields, so that nothing is allocated for it.
 */
export class Responder {
  zone: Zone;
  readonly query = new Query();
  verdict: Verdict = 'short';
  rcode = 0;
  truncated = false;
  source: AnswerSource = 'none';
  /** The page that was asked for by A, AAAA or HTTPS: what the meter counts. */
  page: PageRecords | null = null;
  /** How long a cache may keep the answer about that page. */
  pageTtlMs = 0;

  readonly #random: () => number;
  readonly #reply = new Reply();
  #authoritative = true;

  /** `random` gives numbers in [0, 1). */
  constructor(zone: Zone, random: () => number) {
    this.zone = zone;
    this.#random = random;
  }

  /**
   * Writes the reply to `message` into `buffer` and returns its length; 0 = no reply is due. Over UDP the reply
   * is at most what the client takes, over TCP at most `MAX_TCP_PAYLOAD`; the buffer has to have room for that.
   */
  respond(message: Uint8Array, length: number, buffer: Uint8Array, isUdp: boolean): number {
    const query = this.query;
    this.page = null;
    this.source = 'none';
    this.#authoritative = false;
    this.truncated = false;
    this.verdict = query.read(message, length);
    if (this.verdict === 'short' || this.verdict === 'response') return 0;
    const limit = isUdp ? query.edns.payloadSize : MAX_TCP_PAYLOAD;
    this.#reply.begin(buffer, message, query, limit, this.zone.apex);
    this.rcode = this.#answer(this.verdict);
    // RD is copied, and whatever else the query's header says is not ours to say (RFC 1035 section 4.1.1).
    const copied = query.flags & (OPCODE_MASK | FLAG_RD);
    const flags = FLAG_QR | copied | (this.#authoritative ? FLAG_AA : 0);
    this.truncated = this.#reply.overflow;
    return this.#reply.end(message, query, flags, this.rcode);
  }

  /** Writes the sections and returns the RCODE. */
  #answer(verdict: Exclude<Verdict, 'short' | 'response'>): number {
    switch (verdict) {
      case 'formerr':
        return RCODE.FORMERR;
      case 'notimp':
        return RCODE.NOTIMP;
      case 'badvers':
        return RCODE.BADVERS;
      case 'query':
        return this.query.class === CLASS_IN ? this.#answerType(this.query.type) : RCODE.REFUSED;
      default:
        return verdict satisfies never;
    }
  }

  #answerType(type: number): number {
    switch (type) {
      case TYPE.AXFR:
      case TYPE.IXFR:
        return RCODE.REFUSED;
      case TYPE.MAILA:
      case TYPE.MAILB:
        return RCODE.NOTIMP;
      case 0:
      case TYPE.OPT:
      case TYPE.TKEY:
      case TYPE.TSIG:
      case TYPE.NXNAME:
        // These are never asked for (RFC 6895 section 3.1, RFC 9824 section 3.5).
        return RCODE.FORMERR;
      default:
        return this.#resolve(type);
    }
  }

  /** RFC 1034 section 4.3.2, steps 2 to 6, with the CNAMEs that stay in the zone followed. */
  #resolve(type: number): number {
    const { tree } = this.zone;
    let key = this.query.key;
    for (let step = 0; step <= MAX_CNAME_CHAIN; step += 1) {
      const node = tree.find(key);
      if (node === 'outside') return step === 0 ? RCODE.REFUSED : RCODE.NOERROR;
      if (node === 'missing') {
        this.#noData();
        return RCODE.NXDOMAIN;
      }
      if (node.cut !== null && !(type === TYPE.DS && node.key === key)) {
        this.#authoritative = step > 0;
        this.#refer(node);
        return RCODE.NOERROR;
      }
      this.#authoritative = true;
      const { cname } = node;
      if (cname === null || type === TYPE.CNAME || type === TYPE.ANY) {
        this.#data(node, type);
        return RCODE.NOERROR;
      }
      this.source = 'static';
      this.#reply.addCname(cname);
      key = cname.target ?? key;
    }
    return RCODE.NOERROR;
  }

  #data(node: ZoneNode, type: number): void {
    const { page } = node;
    const isAddress = type === TYPE.A || type === TYPE.AAAA;
    if (page !== null && (isAddress || type === TYPE.HTTPS)) this.page = page;
    const rrset = type === TYPE.ANY ? firstRrset(node) : node.rrsets.get(type);
    if (page !== null && (isAddress || type === TYPE.ANY)) {
      const records = addressesFor(page, type);
      if (records === null) this.#noData();
      else {
        this.source = page.source;
        this.pageTtlMs = page.ttl * MILLISECONDS_PER_SECOND;
        this.#reply.addAddresses(records, this.#random);
      }
    } else if (rrset === undefined) this.#noData();
    else {
      this.source = 'static';
      this.pageTtlMs = rrset.ttl * MILLISECONDS_PER_SECOND;
      this.#reply.addRrset(0, rrset, null);
      this.#addGlue(rrset);
    }
  }

  /** NODATA and NXDOMAIN carry the SOA, which says how long that may be believed (RFC 2308 section 3). */
  #noData(): void {
    const { negativeSoa, tree } = this.zone;
    this.#authoritative = true;
    this.source = 'none';
    this.pageTtlMs = negativeSoa.ttl * MILLISECONDS_PER_SECOND;
    this.#reply.addRrset(1, negativeSoa, tree.apex.relative);
  }

  #refer(cut: ZoneNode): void {
    const servers = cut.rrsets.get(TYPE.NS);
    if (servers === undefined) return;
    this.source = 'static';
    this.#reply.addRrset(1, servers, cut.relative);
    this.#addGlue(servers);
  }

  /** Addresses of name servers within the zone, without which a referral leads nowhere (RFC 9471). */
  #addGlue(servers: Rrset): void {
    for (const name of servers.nameServers) {
      const host = this.zone.tree.get(name);
      if (host === undefined) continue;
      const a = host.rrsets.get(TYPE.A);
      const aaaa = host.rrsets.get(TYPE.AAAA);
      if (a !== undefined) this.#reply.addRrset(2, a, host.relative);
      if (aaaa !== undefined) this.#reply.addRrset(2, aaaa, host.relative);
    }
  }
}

/** To ANY, one RRset is answer enough (RFC 8482 section 4.1), and for a page its addresses are that one. */
function addressesFor(page: PageRecords, type: number): AddressRecords | null {
  if (type === TYPE.A) return page.a;
  if (type === TYPE.AAAA) return page.aaaa;
  return page.a ?? page.aaaa;
}

function firstRrset(node: ZoneNode): Rrset | undefined {
  for (const rrset of node.rrsets.values()) return rrset;
  return undefined;
}
