import ipaddr from 'ipaddr.js';
import type { Parsed, Problem } from '../problem.js';
import { formatName, type Name, nameOctets, parseName, ROOT } from './name.js';
import { formatType, TYPE } from './rr-type.js';

/** A static record of class IN. */
export interface ResourceRecord {
  readonly name: Name;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  /** Wire form, names in it uncompressed. */
  readonly rdata: Uint8Array;
  /** Where the operator wrote it; null for a record that we made. */
  readonly source: { readonly file: string; readonly line: number } | null;
}

/** A `Problem` that points to where the record was written. */
export function recordProblem(record: ResourceRecord, message: string, hint?: string): Problem {
  return {
    where: record.source?.file ?? 'zone',
    ...(record.source === null ? {} : { line: record.source.line }),
    message: `${formatName(record.name)} ${formatType(record.type)}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Octets of an address in text form, 4 or 16; null where it is none. Short forms such as `10.1` are none. */
export function addressOctets(text: string): Uint8Array | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return Uint8Array.from(ipaddr.IPv4.parse(text).octets);
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());
}

const HOUR = 3_600;
const DEFAULT_TTL = 24 * HOUR;
/**
 * Seconds: serial, refresh, retry, expire, minimum. The minimum is the time for which a cache believes that a name or
 * type is not there (RFC 2308 section 5), so it bounds how long a new page stays unseen.
 */
const DEFAULT_SOA = [1, HOUR, 600, 14 * 24 * HOUR, 10];

/**
 * The apex records of an operator who supplies none: SOA, NS, and the addresses of name servers within the zone.
 * `hostmaster` is a mail address (`dns@example.com`) or its name form.
 */
export function defaultRecords(settings: {
  readonly domain: string;
  readonly nameServers: readonly { readonly host: string; readonly addresses: readonly string[] }[];
  readonly hostmaster: string;
}): Parsed<readonly ResourceRecord[]> {
  const problems: Problem[] = [];
  const toName = (text: string, where: string): Name => {
    const parsed = parseName(text, ROOT);
    if (parsed.ok) return parsed.name;
    problems.push({ where, message: parsed.message });
    return ROOT;
  };
  const apex = toName(settings.domain, 'domain');
  const [user = '', host] = settings.hostmaster.split('@');
  const mailbox = toName(host === undefined ? user : `${user.replaceAll('.', '\\.')}.${host}`, 'hostmaster');
  const servers = settings.nameServers.map((server) => ({
    ...server,
    name: toName(server.host, 'name server'),
  }));
  const [first] = servers;
  if (first === undefined) problems.push({ where: 'name server', message: 'a zone needs at least one' });

  const record = (name: Name, type: number, rdata: Uint8Array): ResourceRecord => ({
    name,
    type,
    ttl: DEFAULT_TTL,
    rdata,
    source: null,
  });
  const numbers = Buffer.alloc(20);
  for (const [i, seconds] of DEFAULT_SOA.entries()) numbers.writeUInt32BE(seconds, i * 4);
  const soa = Buffer.concat([nameOctets(first?.name ?? ROOT), nameOctets(mailbox), numbers]);
  const records = [
    record(apex, TYPE.SOA, soa),
    ...servers.map(({ name }) => record(apex, TYPE.NS, nameOctets(name))),
  ];
  for (const server of servers) {
    for (const address of server.addresses) {
      const octets = addressOctets(address);
      if (octets === null)
        problems.push({ where: 'name server', message: `"${address}" is not an IP address` });
      else records.push(record(server.name, octets.length === 4 ? TYPE.A : TYPE.AAAA, octets));
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: records };
}
