import { isWithin, lowerCase, type Name, nameOctets } from './name.js';
import type { ResourceRecord } from './record.js';
import { TYPE } from './rr-type.js';

/** An RRset in the form in which it goes into a reply. */
export interface Rrset {
  readonly type: number;
  readonly ttl: number;
  readonly records: readonly WireRecord[];
  /** What a CNAME points to, in lower case; null for every other type. */
  readonly target: Name | null;
  /** Targets of an NS RRset in lower case: those within the zone need their addresses beside them. */
  readonly nameServers: readonly Name[];
  /** Where the first record was written. */
  readonly source: ResourceRecord['source'];
}

/** A record without its owner name: type, class, TTL, length and data. */
export interface WireRecord {
  readonly octets: Uint8Array;
  /** Positions in `octets` of compression pointers to the zone's apex, to be set for each reply. */
  readonly apexPointers: readonly number[];
}

/** Octets before the data: type, class, TTL, length. */
export const RECORD_HEADER_LENGTH = 10;

/**
 * Where names stand in the data of the types whose names may be compressed (RFC 3597 section 4: those of RFC 1035
 * and no others): octets to skip, then so many names.
 */
const COMPRESSIBLE = new Map<number, { readonly skip: number; readonly names: number }>([
  [TYPE.NS, { skip: 0, names: 1 }],
  [TYPE.CNAME, { skip: 0, names: 1 }],
  [TYPE.PTR, { skip: 0, names: 1 }],
  [TYPE.MX, { skip: 2, names: 1 }],
  [TYPE.SOA, { skip: 0, names: 2 }],
]);

/** Compiles the records of one owner and type. They are not empty; the TTL is that of the first. */
export function compileRrset(
  records: readonly ResourceRecord[],
  apex: Name,
  ttl = records[0]?.ttl ?? 0,
): Rrset {
  const type = records[0]?.type ?? 0;
  const targets = records.map((record) => lowerCase(Buffer.from(record.rdata).toString('latin1')));
  return {
    type,
    ttl,
    records: records.map((record) => compileRecord(record, apex, ttl)),
    target: type === TYPE.CNAME ? (targets[0] ?? null) : null,
    nameServers: type === TYPE.NS ? targets : [],
    source: records[0]?.source ?? null,
  };
}

function compileRecord(record: ResourceRecord, apex: Name, ttl: number): WireRecord {
  const { data, apexPointers } = compressData(record, apex);
  const octets = Buffer.alloc(RECORD_HEADER_LENGTH + data.length);
  octets.writeUInt16BE(record.type, 0);
  octets.writeUInt16BE(1, 2);
  octets.writeUInt32BE(ttl, 4);
  octets.writeUInt16BE(data.length, 8);
  data.copy(octets, RECORD_HEADER_LENGTH);
  return { octets, apexPointers: apexPointers.map((at) => at + RECORD_HEADER_LENGTH) };
}

function compressData(record: ResourceRecord, apex: Name): { data: Buffer; apexPointers: readonly number[] } {
  const form = COMPRESSIBLE.get(record.type);
  const rdata = Buffer.from(record.rdata);
  if (form === undefined) return { data: rdata, apexPointers: [] };
  const parts: Buffer[] = [rdata.subarray(0, form.skip)];
  const apexPointers: number[] = [];
  let read = form.skip;
  let written = form.skip;
  for (let i = 0; i < form.names; i += 1) {
    const name = nameAt(rdata, read);
    read += name.length;
    const relative = relativeOctets(name, apex);
    if (relative !== null) apexPointers.push(written + relative.length);
    const part = relative === null ? nameOctets(name) : Buffer.concat([relative, Buffer.alloc(2)]);
    parts.push(part);
    written += part.length;
  }
  return { data: Buffer.concat([...parts, rdata.subarray(read)]), apexPointers };
}

/** The labels of a name before the apex; null where it is not within. */
export function relativeOctets(name: Name, apex: Name): Buffer | null {
  if (!isWithin(lowerCase(name), apex)) return null;
  return nameOctets(name.slice(0, name.length - apex.length));
}

/** The uncompressed name at `at`; its data have been checked when they were read. */
export function nameAt(octets: Uint8Array, at: number): Name {
  let end = at;
  for (let label = octets[end] ?? 0; label > 0; label = octets[end] ?? 0) end += 1 + label;
  return Buffer.from(octets.subarray(at, end + 1)).toString('latin1');
}
