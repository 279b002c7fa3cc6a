const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const VARINT_OCTETS_MAX = 10;

/** One field of a message: its number, and its value as a number or as octets. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a Protocol Buffers message in order (protobuf.dev, "Encoding"); null where the octets are none. Four
 * wire types are all that dnstap needs, so no library and no generated code stands here. Whole numbers above 2^53,
 * which no field of dnstap has, lose their last bits.
 */
export function readFields(octets: Uint8Array): readonly Field[] | null {
  const fields: Field[] = [];
  const cursor = { at: 0 };
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  while (cursor.at < octets.length) {
    const tag = readVarint(octets, cursor);
    if (tag === null) return null;
    const value = readValue(tag % 8, octets, view, cursor);
    if (value === null) return null;
    fields.push({ number: Math.floor(tag / 8), value });
  }
  return fields;
}

function readValue(
  wireType: number,
  octets: Uint8Array,
  view: DataView,
  cursor: { at: number },
): number | Uint8Array | null {
  switch (wireType) {
    case WIRE.varint:
      return readVarint(octets, cursor);
    case WIRE.bytes: {
      const length = readVarint(octets, cursor);
      if (length === null || cursor.at + length > octets.length) return null;
      cursor.at += length;
      return octets.subarray(cursor.at - length, cursor.at);
    }
    case WIRE.fixed32:
    case WIRE.fixed64: {
      const size = wireType === WIRE.fixed32 ? 4 : 8;
      if (cursor.at + size > octets.length) return null;
      const value = size === 4 ? view.getUint32(cursor.at, true) : Number(view.getBigUint64(cursor.at, true));
      cursor.at += size;
      return value;
    }
    default:
      return null;
  }
}

function readVarint(octets: Uint8Array, cursor: { at: number }): number | null {
  let value = 0;
  for (let octet = 0; octet < VARINT_OCTETS_MAX; octet += 1) {
    const next = octets[cursor.at];
    if (next === undefined) return null;
    cursor.at += 1;
    value += (next & 0x7f) * 2 ** (7 * octet);
    if (next < 0x80) return value;
  }
  return null;
}
