import ipaddr from 'ipaddr.js';

/** A block of addresses; an address is a block of one. */
export interface Cidr {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

const BITS = { ipv4: 32, ipv6: 128 } as const;
/** An IPv4 address within IPv6 (RFC 4291 section 2.5.5.2) stands behind so many bits. */
const MAPPED_BITS = BITS.ipv6 - BITS.ipv4;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a plain address; IPv4-mapped addresses count as IPv4. `null` if it is none of these. */
export function parseCidr(text: string): Cidr | null {
  const [host = '', length, ...more] = text.split('/');
  // ipaddr.js alone also takes 0x7f.1 and zones; what a resolver is known by is neither.
  if (more.length > 0 || !(ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host)))
    return null;
  if (host.includes('%')) return null;
  const written = ipaddr.parse(host);
  const address = ipaddr.process(host);
  if (length === undefined) return { address, bits: BITS[address.kind()] };
  if (!/^\d{1,3}$/.test(length) || Number(length) > BITS[written.kind()]) return null;
  const bits = written.kind() === address.kind() ? Number(length) : Number(length) - MAPPED_BITS;
  return bits < 0 ? null : { address, bits };
}

/** True if every address of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.address.kind() === inner.address.kind() &&
    outer.bits <= inner.bits &&
    inner.address.match(outer.address, outer.bits)
  );
}

/** `192.0.2.0/24`; the host bits are cleared. */
export function formatCidr(cidr: Cidr): string {
  const kind = cidr.address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${kind.networkAddressFromCIDR(`${cidr.address.toString()}/${cidr.bits}`).toString()}/${cidr.bits}`;
}
