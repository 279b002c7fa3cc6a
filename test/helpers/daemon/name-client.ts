import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type DecodedPacket, decode, encode, type RecordType, type StringAnswer } from 'dns-packet';
import type { Listen } from '../../../src/cli/daemon/settings.js';

/** Where the tests' own questions come from; the policies of the tests do not count them as load. */
export const TESTER = '127.98.0.1';

const TIMEOUT_MS = 2_000;
const RCODE_MASK = 0b1111;
let nextId = 0;

/** One query over UDP, or TCP; rejects when no reply comes in time. */
export async function query(
  server: Listen,
  name: string,
  type: RecordType = 'A',
  overTcp = false,
  timeoutMs = TIMEOUT_MS,
): Promise<DecodedPacket> {
  nextId = (nextId + 1) & 0xffff;
  const id = nextId;
  const message = encode({ id, type: 'query', flags: 0, questions: [{ name, type, class: 'IN' }] });
  const reply = decode(
    await (overTcp ? overStream(server, message, timeoutMs) : overDatagram(server, message, timeoutMs)),
  );
  if (reply.id !== id) throw new Error(`the reply is to query ${reply.id}, not ${id}`);
  return reply;
}

export function rcode(reply: DecodedPacket): number {
  return (reply.flags ?? 0) & RCODE_MASK;
}

/** Addresses in the answer, sorted, and the TTL; -1 where there is no record. */
export function addressesOf(reply: DecodedPacket): {
  readonly addresses: readonly string[];
  readonly ttl: number;
} {
  const records = (reply.answers ?? []).filter(
    (answer): answer is StringAnswer => answer.type === 'A' || answer.type === 'AAAA',
  );
  return { addresses: records.map(({ data }) => data).sort(), ttl: records[0]?.ttl ?? -1 };
}

export async function serialOf(server: Listen, domain: string): Promise<number> {
  const [soa] = (await query(server, domain, 'SOA')).answers ?? [];
  if (soa?.type !== 'SOA') throw new Error(`${domain} has no SOA`);
  return soa.data.serial ?? -1;
}

async function overDatagram(
  { address, port }: Listen,
  message: Uint8Array,
  timeoutMs: number,
): Promise<Buffer> {
  const socket = createSocket('udp4');
  try {
    const reply = once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) });
    socket.bind(0, TESTER);
    socket.send(message, port, address);
    const [received] = (await reply) as [Buffer];
    return received;
  } finally {
    socket.close();
  }
}

async function overStream(
  { address, port }: Listen,
  message: Uint8Array,
  timeoutMs: number,
): Promise<Buffer> {
  const socket = connect({ host: address, port, localAddress: TESTER });
  try {
    const prefix = Buffer.alloc(2);
    prefix.writeUInt16BE(message.length);
    socket.write(Buffer.concat([prefix, message]));
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no reply in time')));
    let received: Buffer = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) break;
    }
    return received.subarray(2);
  } finally {
    socket.destroy();
  }
}
