import ipaddr from 'ipaddr.js';
import type { Parsed, Problem } from '../problem.js';

/** An address that a replica has, or had until `releasedAt` (monotonic milliseconds). */
export interface Lease {
  readonly address: string;
  readonly replica: string;
  readonly page: string;
  readonly releasedAt: number | null;
}

/** Addresses for replicas, as prefixes in CIDR form. */
export interface AddressPool {
  readonly prefixes: readonly string[];
  readonly size: number;
  /** The pool's addresses in order, starting at the `start`th and going round once. */
  addresses(start: number): Iterable<string>;
}

/** A client that keeps an address longer than its TTL must not meet another page there. */
export const ADDRESS_QUARANTINE_MS = 15 * 60_000;

/** More than any one machine runs; an IPv6 prefix has 2^64 and nobody counts them. */
const POOL_SIZE_MAX = 65_536;

export function parseAddressPool(prefixes: readonly string[], where: string): Parsed<AddressPool> {
  const problems: Problem[] = prefixes
    .filter((prefix) => !ipaddr.isValidCIDR(prefix))
    .map((prefix) => ({
      where,
      message: `"${prefix}" is no address prefix`,
      hint: 'write it like 127.77.0.0/16 or fd00:77::/64',
    }));
  if (prefixes.length === 0) problems.push({ where, message: 'no address prefix is given' });
  if (problems.length > 0) return { ok: false, problems };

  const ranges = prefixes.map(parseRange);
  const size = Math.min(
    POOL_SIZE_MAX,
    ranges.reduce((sum, range) => sum + range.count, 0),
  );
  const nth = (index: number): string => {
    let rest = index;
    for (const range of ranges) {
      if (rest < range.count) return range.address(rest);
      rest -= range.count;
    }
    throw new RangeError(`the pool has no address number ${index}`);
  };
  return {
    ok: true,
    value: {
      prefixes,
      size,
      *addresses(start) {
        for (let step = 0; step < size; step += 1) yield nth((start + step) % size);
      },
    },
  };
}

/**
 * The first address that is free: never leased, or released longer ago than the quarantine, or released by this very
 * page. Null when there is none.
 */
export function freeAddress(
  pool: AddressPool,
  leases: ReadonlyMap<string, Lease>,
  page: string,
  now: number,
): string | null {
  for (const address of pool.addresses(leases.size)) {
    const lease = leases.get(address);
    if (lease === undefined) return address;
    if (lease.releasedAt === null) continue;
    if (lease.page === page || now - lease.releasedAt >= ADDRESS_QUARANTINE_MS) return address;
  }
  return null;
}

function parseRange(prefix: string): { count: number; address(index: number): string } {
  const [network, bits] = ipaddr.parseCIDR(prefix);
  const bytes = network.toByteArray();
  const hostBits = Math.min(16, bytes.length * 8 - bits);
  // The first and last of a subnet are its network and broadcast address (RFC 919 section 7); a subnet-router in IPv6.
  const skipped = hostBits >= 2 ? 1 : 0;
  return {
    count: 2 ** hostBits - 2 * skipped,
    address: (index) => ipaddr.fromByteArray(addTo(clearHostBits(bytes, bits), index + skipped)).toString(),
  };
}

function clearHostBits(bytes: readonly number[], bits: number): number[] {
  return bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

function addTo(bytes: readonly number[], amount: number): number[] {
  const sum = [...bytes];
  let carry = amount;
  for (let index = sum.length - 1; index >= 0 && carry > 0; index -= 1) {
    const total = (sum[index] ?? 0) + carry;
    sum[index] = total & 0xff;
    carry = total >>> 8;
  }
  return sum;
}
