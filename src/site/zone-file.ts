import type { Page } from './page.js';

export interface ZoneFileOptions {
  /** The zone's apex, without the trailing dot. */
  readonly domain: string;
  readonly pages: readonly Page[];
  /** The origin's addresses: IPv4 ones become A records, those with a colon AAAA records. */
  readonly originAddresses: readonly string[];
  /** SOA serial, 0 to 4294967295; see RFC 1982 for what counts as newer. */
  readonly serial: number;
  /** Seconds, for every record and for negative answers. */
  readonly ttl: number;
  /** Host names of the zone's name servers without the trailing dot; by default the apex, which needs no other name. */
  readonly nameServers?: readonly string[];
}

/** SOA timers in seconds, in the ranges of RFC 1912 section 2.2. */
const REFRESH = 3_600;
const RETRY = 600;
const EXPIRE = 1_209_600;

/**
 * The site as a master file (RFC 1035 section 5): SOA, NS, and the origin's addresses for the apex and every page.
 * Host names have been through the index, so nothing in them needs escaping. Equal input gives equal text.
 */
export function zoneFile(options: ZoneFileOptions): string {
  const { domain, ttl, serial } = options;
  const nameServers = options.nameServers ?? [domain];
  const primary = nameServers[0] ?? domain;
  const addresses = options.originAddresses.map(
    (address) => `${address.includes(':') ? 'AAAA' : 'A'} ${address}`,
  );
  const owners = options.pages
    .map((page) => page.host.slice(0, -domain.length - 1))
    .toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return [
    `$ORIGIN ${domain}.`,
    `$TTL ${ttl}`,
    `@ SOA ${primary}. hostmaster.${domain}. ${serial} ${REFRESH} ${RETRY} ${EXPIRE} ${ttl}`,
    ...nameServers.map((server) => `@ NS ${server}.`),
    ...['@', ...owners].flatMap((owner) => addresses.map((address) => `${owner} ${address}`)),
    '',
  ].join('\n');
}
