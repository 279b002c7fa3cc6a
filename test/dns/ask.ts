import assert from 'node:assert/strict';
import packet, { type DecodedPacket, type Packet } from 'dns-packet';
import { Responder } from '../../src/dns/answer.js';
import { parseMasterFile } from '../../src/dns/master-file.js';
import type { PageAnswer } from '../../src/dns/publication.js';
import type { ResourceRecord } from '../../src/dns/record.js';
import { Zone } from '../../src/dns/zone.js';
import { formatProblem, type Parsed } from '../../src/problem.js';

export const DOMAIN = 'example.com';

/** SOA, NS and the address of the name server. */
export const APEX = `$TTL 1h
@ SOA ns1 hostmaster 1 1h 10m 2w 10
  NS ns1
ns1 A 192.0.2.1
`;

export function expectValue<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.problems.map(formatProblem).join('\n'));
}

export function recordsOf(text: string, domain = DOMAIN): readonly ResourceRecord[] {
  return expectValue(parseMasterFile(text, { file: 'zone', domain }));
}

/** A zone of the apex records, `text`, and pages. */
export function zoneOf(text: string, pages: readonly Partial<PageAnswer>[] = [], domain = DOMAIN): Zone {
  const zone = expectValue(
    Zone.build({ domain, records: recordsOf(APEX + text, domain), originAddresses: ['192.0.2.80'] }),
  );
  const publication = { serial: 2, pages: pages.map(pageOf), removed: [] };
  assert.deepEqual(zone.apply(publication), []);
  return zone;
}

export function pageOf(page: Partial<PageAnswer>): PageAnswer {
  return {
    host: `page.${DOMAIN}`,
    ttl: 30,
    maxAddresses: 8,
    addresses: [{ address: '192.0.2.80', weight: 1 }],
    ...page,
  };
}

export function responderOf(zone: Zone, random: () => number = () => 0): Responder {
  return new Responder(zone, random);
}

export type Question = { readonly name: string; readonly type: string };

export function encodeQuery(question: Question, more: Partial<Packet> = {}): Buffer {
  return packet.encode({
    id: 0x1234,
    type: 'query',
    questions: [{ name: question.name, type: question.type as 'A' }],
    ...more,
  });
}

export function withEdns(options: object = {}): Partial<Packet> {
  return {
    additionals: [
      { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [], ...options } as never,
    ],
  };
}

/** The raw reply; empty where none is due. */
export function replyTo(responder: Responder, query: Uint8Array, isUdp = true): Buffer {
  const buffer = Buffer.alloc(65_535, 0xee);
  return buffer.subarray(0, responder.respond(query, query.length, buffer, isUdp));
}

export interface Answer extends DecodedPacket {
  readonly rcode?: string;
  readonly length: number;
}

/** Asks, and reads the reply with dns-packet, which has to understand every octet of it. */
export function ask(zone: Zone, name: string, type: string, more: Partial<Packet> = {}): Answer {
  const reply = replyTo(responderOf(zone), encodeQuery({ name, type }, more));
  return decode(reply);
}

export function decode(reply: Buffer): Answer {
  const decoded = packet.decode(reply);
  assert.equal(packet.decode.bytes, reply.length, 'the reply has octets that belong to nothing');
  return Object.assign(decoded, { length: reply.length }) as Answer;
}

/** `name type data` of each record. */
export function lines(records: readonly unknown[] | undefined): readonly string[] {
  return (records ?? []).map((record) => {
    const { name, type, data } = record as { name: string; type: string; data: unknown };
    const text =
      typeof data === 'string' ? data : Buffer.isBuffer(data) ? data.toString('hex') : JSON.stringify(data);
    return `${name} ${type} ${text}`;
  });
}
