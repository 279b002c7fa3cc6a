import type { DropReason } from './counters.js';
import { Edns } from './edns.js';
import { MAX_LABEL, MAX_NAME, type Name, ROOT } from './name.js';
import { TYPE } from './rr-type.js';

export const HEADER_LENGTH = 12;
const MAX_ADDITIONAL = 2;
const FIXED_RECORD_LENGTH = 10;
const FLAG_QR = 0x8000;
const OPCODE_MASK = 0x7800;
const POINTER = 0xc0;

/** What a message is to us: not to be answered at all, an error to be answered, or a query. */
export type Verdict = Extract<DropReason, 'short' | 'response'> | 'formerr' | 'notimp' | 'badvers' | 'query';

/**
 * A query read from the raw octets (RFC 1035 section 4.1), strictly: one question, no counts that lie, no octet left
 * over. One object is used again for every query, so that reading one leaves no garbage but its key.
 */
export class Query {
  flags = 0;
  /** Position after the question; 0 where the question could not be read. */
  questionEnd = 0;
  /** The name asked for, in lower case. */
  key: Name = ROOT;
  type = 0;
  class = 0;
  readonly edns = new Edns();
  readonly #lowered = Buffer.alloc(MAX_NAME);

  read(message: Uint8Array, length: number): Verdict {
    this.questionEnd = 0;
    this.edns.clear();
    if (length < HEADER_LENGTH) return 'short';
    this.flags = word(message, 2);
    // Answering a response would let two servers answer each other for ever.
    if ((this.flags & FLAG_QR) !== 0) return 'response';
    if ((this.flags & OPCODE_MASK) !== 0) return 'notimp';
    // The counts come first: whatever claims more than a query has is not worth reading.
    if (word(message, 4) !== 1 || word(message, 6) !== 0) return 'formerr';
    const authorities = word(message, 8);
    const additionals = word(message, 10);
    if (authorities > 1 || additionals > MAX_ADDITIONAL) return 'formerr';

    const nameEnd = this.#readQuestionName(message, length);
    if (nameEnd === 0 || nameEnd + 4 > length) return 'formerr';
    this.type = word(message, nameEnd);
    this.class = word(message, nameEnd + 2);
    this.questionEnd = nameEnd + 4;
    // Only a request for an incremental transfer has something to say there: the SOA that it knows (RFC 1995).
    if (authorities === 1 && this.type !== TYPE.IXFR) return 'formerr';

    let at = this.questionEnd;
    for (let record = 0; record < authorities + additionals; record += 1) {
      at = this.#readRecord(message, at, length, record >= authorities);
      if (at === 0) return 'formerr';
    }
    if (at !== length) return 'formerr';
    return this.edns.version > 0 ? 'badvers' : 'query';
  }

  /** Position after the name, 0 = malformed. There is nothing yet that a compression pointer could point to. */
  #readQuestionName(message: Uint8Array, length: number): number {
    const lowered = this.#lowered;
    let at = HEADER_LENGTH;
    let written = 0;
    for (;;) {
      const label = at < length ? (message[at++] ?? 0) : MAX_LABEL + 1;
      if (label > MAX_LABEL || at + label > length || written + label >= MAX_NAME) return 0;
      lowered[written++] = label;
      if (label === 0) break;
      for (const end = at + label; at < end; at += 1) {
        const octet = message[at] ?? 0;
        lowered[written++] = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
      }
    }
    this.key = lowered.toString('latin1', 0, written);
    return at;
  }

  /** Position after the record, 0 = malformed. Records that we know nothing of are passed over. */
  #readRecord(message: Uint8Array, start: number, length: number, additional: boolean): number {
    const at = skipName(message, start, length);
    if (at === 0 || at + FIXED_RECORD_LENGTH > length) return 0;
    const end = at + FIXED_RECORD_LENGTH + word(message, at + 8);
    if (end > length) return 0;
    if (word(message, at) === TYPE.OPT) {
      // One OPT at most, in the additional section, owned by the root (RFC 6891 section 6.1.1).
      if (!additional || this.edns.present || message[start] !== 0) return 0;
      if (!this.edns.read(message, at + 2, end)) return 0;
    }
    return end;
  }
}

/** Position after a name that may end in a pointer, 0 = malformed. It is not followed, so no chain can be a loop. */
function skipName(message: Uint8Array, start: number, length: number): number {
  let at = start;
  while (at < length && at - start < MAX_NAME) {
    const label = message[at] ?? 0;
    if (label === 0) return at + 1;
    if ((label & POINTER) === POINTER) {
      const target = word(message, at) & 0x3fff;
      return at + 2 <= length && target >= HEADER_LENGTH && target < start ? at + 2 : 0;
    }
    if (label > MAX_LABEL) return 0;
    at += 1 + label;
  }
  return 0;
}

function word(message: Uint8Array, at: number): number {
  return ((message[at] ?? 0) << 8) | (message[at + 1] ?? 0);
}
