import dnsPacket from 'dns-packet';

/** Kinds of dnstap messages (dnstap.pb). */
export const AUTH_QUERY = 1;
export const AUTH_RESPONSE = 2;

export interface DnstapFields {
  readonly type?: number;
  /** Octets of an address. */
  readonly address?: readonly number[];
  readonly seconds?: number;
  readonly nanoseconds?: number;
  readonly name?: string;
  readonly wire?: Buffer;
}

/** A dnstap message, written by the rules of Protocol Buffers and not by those of our reader. */
export function dnstapOf(fields: DnstapFields = {}): Buffer {
  const {
    type = AUTH_QUERY,
    address = [192, 0, 2, 7],
    seconds = 1_795_522_637,
    nanoseconds = 250_000_000,
  } = fields;
  const isQuery = type === AUTH_QUERY;
  const wire =
    fields.wire ??
    dnsPacket.encode({
      type: isQuery ? 'query' : 'response',
      id: 1,
      questions: [{ type: 'A', name: fields.name ?? 'A.www.example.test' }],
    });
  const nanos = Buffer.alloc(4);
  nanos.writeUInt32LE(nanoseconds);
  const message = Buffer.concat([
    number(1, type),
    number(2, address.length === 4 ? 1 : 2),
    octets(4, Buffer.from(address)),
    number(6, 4242),
    number(8, seconds),
    Buffer.concat([varint((9 << 3) | 5), nanos]),
    octets(isQuery ? 10 : 14, wire),
  ]);
  return Buffer.concat([octets(1, Buffer.from('ns1')), octets(14, message), number(15, 1)]);
}

/** A file of Frame Streams with these frames. */
export function frameStreamOf(frames: readonly Buffer[], contentType = 'protobuf:dnstap.Dnstap'): Buffer {
  const type = Buffer.from(contentType);
  const start = Buffer.concat([word(2), word(1), word(type.length), type]);
  return Buffer.concat([
    word(0),
    word(start.length),
    start,
    ...frames.flatMap((frame) => [word(frame.length), frame]),
    ...[word(0), word(4), word(3)],
  ]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function octets(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return Buffer.from([...out, Number(rest)]);
}

function word(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}
