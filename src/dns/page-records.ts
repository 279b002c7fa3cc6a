import type { Problem } from '../problem.js';
import type { AnswerSource } from './counters.js';
import type { PageAnswer, WeightedAddress } from './publication.js';
import { addressOctets } from './record.js';
import { CLASS_IN, TYPE } from './rr-type.js';

/** A page's answers in the form in which they go into a reply. */
export interface PageRecords {
  /** In lower case. */
  readonly host: string;
  /** Seconds. */
  readonly ttl: number;
  readonly source: AnswerSource;
  readonly a: AddressRecords | null;
  readonly aaaa: AddressRecords | null;
}

/** The address records of one family, of which an answer holds a random choice. */
export interface AddressRecords {
  readonly count: number;
  /** At most so many in one answer. */
  readonly max: number;
  /** Octets of one record, its two-octet owner pointer included. */
  readonly recordLength: number;
  /** All records, one after the other; the owner pointers are set in the reply. */
  readonly octets: Uint8Array;
  /** Null where all weigh the same. */
  readonly weights: Float64Array | null;
  readonly totalWeight: number;
  /** Indexes of the records; each answer's choice is brought to its front and the rest stays as it happens to be. */
  readonly order: Uint16Array;
}

const ADDRESS_RECORD_HEADER_LENGTH = 12;
const MAX_ADDRESSES_OF_A_PAGE = 10_000;
const MAX_TTL = 0x7fffffff;

/** Compiles what is published for a page; null and problems where it cannot be answered so. */
export function compilePage(
  answer: PageAnswer,
  originAddresses: ReadonlySet<string>,
  problems: Problem[],
): PageRecords | null {
  const before = problems.length;
  const wrong = (message: string): void => {
    problems.push({ where: answer.host, message });
  };
  const families: Record<4 | 16, { octets: Uint8Array; weight: number }[]> = { 4: [], 16: [] };
  for (const { address, weight } of answer.addresses) {
    const octets = addressOctets(address);
    if (octets === null) wrong(`"${address}" is not an IP address`);
    else if (!(weight > 0 && Number.isFinite(weight)))
      wrong(`the weight of ${address} is ${weight}, not above 0`);
    else families[octets.length === 4 ? 4 : 16].push({ octets, weight });
  }
  if (answer.addresses.length === 0) wrong('a page needs at least one address');
  if (answer.addresses.length > MAX_ADDRESSES_OF_A_PAGE) wrong('a page has too many addresses');
  if (!Number.isInteger(answer.ttl) || answer.ttl < 0 || answer.ttl > MAX_TTL)
    wrong(`the TTL is ${answer.ttl}`);
  if (!(answer.maxAddresses >= 1)) wrong(`maxAddresses is ${answer.maxAddresses}, not at least 1`);
  if (problems.length > before) return null;
  const compile = (type: number, family: 4 | 16): AddressRecords | null =>
    compileFamily(type, answer.ttl, answer.maxAddresses, families[family]);
  return {
    host: answer.host.toLowerCase(),
    ttl: answer.ttl,
    source: isOriginOnly(answer.addresses, originAddresses) ? 'origin' : 'replicas',
    a: compile(TYPE.A, 4),
    aaaa: compile(TYPE.AAAA, 16),
  };
}

function isOriginOnly(addresses: readonly WeightedAddress[], origin: ReadonlySet<string>): boolean {
  return addresses.every(({ address }) => origin.has(address));
}

function compileFamily(
  type: number,
  ttl: number,
  max: number,
  addresses: readonly { readonly octets: Uint8Array; readonly weight: number }[],
): AddressRecords | null {
  const [first] = addresses;
  if (first === undefined) return null;
  const recordLength = ADDRESS_RECORD_HEADER_LENGTH + first.octets.length;
  const octets = Buffer.alloc(recordLength * addresses.length);
  for (const [i, address] of addresses.entries()) {
    const at = i * recordLength;
    octets.writeUInt16BE(type, at + 2);
    octets.writeUInt16BE(CLASS_IN, at + 4);
    octets.writeUInt32BE(ttl, at + 6);
    octets.writeUInt16BE(address.octets.length, at + 10);
    octets.set(address.octets, at + ADDRESS_RECORD_HEADER_LENGTH);
  }
  const equal = addresses.every(({ weight }) => weight === first.weight);
  return {
    count: addresses.length,
    max: Math.floor(max),
    recordLength,
    octets,
    weights: equal ? null : Float64Array.from(addresses, ({ weight }) => weight),
    totalWeight: addresses.reduce((sum, { weight }) => sum + weight, 0),
    order: Uint16Array.from(addresses.keys()),
  };
}

/**
 * Brings a random choice of `size` records to the front of `order`, without replacement. Every draw goes by weight, so
 * the first place, which simple clients take, and the choice itself both do.
 */
export function chooseAddresses(records: AddressRecords, size: number, random: () => number): void {
  const { order, weights, count } = records;
  let remaining = records.totalWeight;
  for (let place = 0; place < size && place < count - 1; place += 1) {
    let pick = place;
    if (weights === null) pick += Math.floor(random() * (count - place));
    else {
      let draw = random() * remaining;
      // The last one takes what rounding leaves over.
      for (; pick < count - 1; pick += 1) {
        draw -= weights[order[pick] ?? 0] ?? 0;
        if (draw < 0) break;
      }
    }
    const chosen = order[pick] ?? 0;
    order[pick] = order[place] ?? 0;
    order[place] = chosen;
    if (weights !== null) remaining -= weights[chosen] ?? 0;
  }
}
