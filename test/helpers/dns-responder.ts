import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  streamEncode,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

export interface ReceivedQuery {
  readonly host: string;
  readonly source: string;
  readonly transport: 'udp' | 'tcp';
}

/** What to answer: addresses, nothing at all, a truncated answer, an RCODE, or an answer to another question. */
export type Reply =
  | { readonly ttl: number; readonly addresses: readonly string[] }
  | { readonly rcode: number }
  | 'drop'
  | 'truncate'
  | 'mismatch';

export interface DnsResponder {
  readonly address: string;
  readonly port: number;
  readonly queries: readonly ReceivedQuery[];
  close(): Promise<void>;
}

/** A name server on 127.0.0.1 that answers whatever a test says, over UDP and TCP on one port. */
export async function startDnsResponder(reply: (query: ReceivedQuery) => Reply): Promise<DnsResponder> {
  const address = '127.0.0.1';
  const queries: ReceivedQuery[] = [];
  const answer = (message: Buffer, source: string, transport: 'udp' | 'tcp'): Packet | null => {
    const packet = decode(message);
    const host = packet.questions?.[0]?.name ?? '';
    const query = { host, source, transport };
    queries.push(query);
    return packetFor(packet, host, reply(query));
  };

  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const packet = answer(chunk.subarray(2), socket.remoteAddress ?? '', 'tcp');
      if (packet !== null) socket.write(streamEncode(packet));
    });
  });
  tcp.listen(0, address);
  await once(tcp, 'listening');
  const bound = tcp.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;

  const udp = createSocket('udp4');
  udp.on('message', (message, peer) => {
    const packet = answer(message, peer.address, 'udp');
    if (packet !== null) udp.send(encode(packet), peer.port, peer.address);
  });
  udp.bind(port, address);
  await once(udp, 'listening');

  return {
    address,
    port,
    queries,
    close: async () => {
      udp.close();
      tcp.close();
      await Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    },
  };
}

function packetFor(query: Packet, host: string, reply: Reply): Packet | null {
  const head = { type: 'response', id: query.id ?? 0, questions: query.questions ?? [] } as const;
  if (reply === 'drop') return null;
  if (reply === 'truncate') return { ...head, flags: TRUNCATED_RESPONSE };
  if (reply === 'mismatch')
    return {
      ...head,
      questions: [{ type: 'A', class: 'IN', name: `other.${host}` }],
      answers: [{ type: 'A', name: `other.${host}`, ttl: 60, data: '127.0.0.66' }],
    };
  if ('rcode' in reply) return { ...head, flags: AUTHORITATIVE_ANSWER | reply.rcode };
  return {
    ...head,
    flags: AUTHORITATIVE_ANSWER,
    answers: reply.addresses.map((data) => ({ type: 'A', name: host, ttl: reply.ttl, data })),
  };
}
