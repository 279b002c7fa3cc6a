import { formatName, MAX_LABEL, MAX_NAME, type Name } from '../dns/name.js';
import { CLASS_IN, formatType } from '../dns/rr-type.js';
import { type Field, readFields } from './protobuf.js';
import { OTHER, query, type Reading, unreadable } from './trace-query.js';

/** Field numbers of dnstap.pb (dnstap.info): of `Dnstap`, and of its `Message`. */
const DNSTAP = { message: 14, type: 15 } as const;
const MESSAGE = {
  type: 1,
  queryAddress: 4,
  queryTimeSec: 8,
  queryTimeNsec: 9,
  queryMessage: 10,
  responseTimeSec: 12,
  responseTimeNsec: 13,
  responseMessage: 14,
} as const;
const DNSTAP_IS_MESSAGE = 1;
/** What an authoritative server, or a resolver, was asked, and what it answered. */
const QUERIES = new Set([1, 5]);
const RESPONSES = new Set([2, 6]);
const HEADER_LENGTH = 12;

/**
 * Reads the frames of one dnstap file. Servers write queries, responses or both; a response is taken for its question
 * where no query was written before it.
 */
export class DnstapReader {
  #hasQueries = false;

  read(frame: Uint8Array): Reading {
    const dnstap = readFields(frame);
    if (dnstap === null) return unreadable('no dnstap message');
    const inner = octetsOf(dnstap, DNSTAP.message);
    if (numberOf(dnstap, DNSTAP.type) !== DNSTAP_IS_MESSAGE || inner === null) return OTHER;
    const message = readFields(inner);
    if (message === null) return unreadable('no dnstap message');
    const type = numberOf(message, MESSAGE.type) ?? 0;
    const isQuery = QUERIES.has(type);
    if (isQuery) this.#hasQueries = true;
    else if (this.#hasQueries || !RESPONSES.has(type)) return OTHER;
    return readMessage(message, isQuery);
  }
}

function readMessage(message: readonly Field[], isQuery: boolean): Reading {
  const seconds =
    numberOf(message, MESSAGE.queryTimeSec) ?? (isQuery ? null : numberOf(message, MESSAGE.responseTimeSec));
  const nanoseconds =
    numberOf(message, MESSAGE.queryTimeNsec) ?? numberOf(message, MESSAGE.responseTimeNsec) ?? 0;
  const address = octetsOf(message, MESSAGE.queryAddress);
  const wire = octetsOf(message, isQuery ? MESSAGE.queryMessage : MESSAGE.responseMessage);
  if (seconds === null || address === null || wire === null)
    return unreadable('a dnstap message without a time, an address or the query itself');
  const source = formatAddress(address);
  const question = readQuestion(wire);
  if (source === null) return unreadable(`an address of ${address.length} octets`);
  if (question === null) return unreadable('a query without a question that can be read');
  if (question.class !== CLASS_IN) return OTHER;
  return query(seconds * 1_000 + nanoseconds / 1e6, source, question.name, formatType(question.type));
}

/** The question of a message (RFC 1035 section 4.1.2): the first name in it, so never a compressed one. */
function readQuestion(
  wire: Uint8Array,
): { readonly name: string; readonly type: number; readonly class: number } | null {
  let at = HEADER_LENGTH;
  for (;;) {
    const label = wire[at];
    if (label === undefined || label > MAX_LABEL || at - HEADER_LENGTH >= MAX_NAME) return null;
    at += 1 + label;
    if (label === 0) break;
  }
  if (at + 4 > wire.length) return null;
  const octets: Name = String.fromCharCode(...wire.subarray(HEADER_LENGTH, at));
  const word = (place: number): number => ((wire[place] ?? 0) << 8) | (wire[place + 1] ?? 0);
  return { name: formatName(octets), type: word(at), class: word(at + 2) };
}

function formatAddress(octets: Uint8Array): string | null {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, group) =>
    (((octets[2 * group] ?? 0) << 8) | (octets[2 * group + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

function numberOf(fields: readonly Field[], number: number): number | null {
  const value = fields.find((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : null;
}

function octetsOf(fields: readonly Field[], number: number): Uint8Array | null {
  const value = fields.find((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : null;
}
