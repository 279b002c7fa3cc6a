import type { Name } from './name.js';
import { type AddressRecords, chooseAddresses } from './page-records.js';
import { HEADER_LENGTH, type Query } from './query.js';
import { RECORD_HEADER_LENGTH, type Rrset, type WireRecord } from './rrset.js';

const POINTER = 0xc000;
const OWNER_POINTER_LENGTH = 2;

export const FLAG_QR = 0x8000;
export const FLAG_AA = 0x0400;
export const FLAG_TC = 0x0200;
export const FLAG_RD = 0x0100;
export const OPCODE_MASK = 0x7800;

/** Which of the three sections a record goes to: answer, authority, additional. */
export type Section = 0 | 1 | 2;

/**
 * Writes one reply at a time into a buffer that the caller owns. Owner names are compressed: the question's name is
 * pointed to, and every other one is written relative to the apex, which stands at the end of the question's name.
 */
export class Reply {
  /** Whether something did not fit. */
  overflow = false;
  /** What the owner of the next records is written as: a pointer to the question's name, or into a CNAME's data. */
  owner = POINTER | HEADER_LENGTH;
  #buffer: Uint8Array = new Uint8Array(0);
  #at = 0;
  #limit = 0;
  #apex = 0;
  readonly #counts = new Uint16Array(3);

  /** Starts a reply with the question as it came, octet by octet (RFC 4343 section 4: letter case is kept). */
  begin(buffer: Uint8Array, message: Uint8Array, query: Query, limit: number, apex: Name): void {
    this.#buffer = buffer;
    this.#limit = limit - query.edns.replyLength;
    this.#at = Math.max(query.questionEnd, HEADER_LENGTH);
    this.#apex = query.questionEnd - 4 - apex.length;
    this.#counts.fill(0);
    this.overflow = false;
    this.owner = POINTER | HEADER_LENGTH;
    for (let i = HEADER_LENGTH; i < query.questionEnd; i += 1) buffer[i] = message[i] ?? 0;
  }

  /** All records of an RRset; its owner is `owner`, or, for a name that has not been asked for, `relative` to the apex. */
  addRrset(section: Section, rrset: Rrset, relative: Uint8Array | null): void {
    let owner = this.owner;
    for (let i = 0; i < rrset.records.length; i += 1) {
      const record = rrset.records[i] as WireRecord;
      const written = relative !== null && i === 0;
      const ownerLength = OWNER_POINTER_LENGTH + (written ? relative.length : 0);
      if (!this.#fits(ownerLength + record.octets.length)) return;
      if (written) {
        owner = POINTER | this.#at;
        for (let j = 0; j < relative.length; j += 1) this.#buffer[this.#at++] = relative[j] ?? 0;
      }
      this.#putPointer(this.#at, written ? this.#apex : owner);
      this.#at += OWNER_POINTER_LENGTH;
      this.#putRecord(record);
      this.#counts[section] = (this.#counts[section] ?? 0) + 1;
    }
  }

  /** A CNAME, after which `owner` is what it points to. */
  addCname(rrset: Rrset): void {
    this.addRrset(0, rrset, null);
    const dataLength = (rrset.records[0]?.octets.length ?? 0) - RECORD_HEADER_LENGTH;
    this.owner = POINTER | (this.#at - dataLength);
  }

  /** A random choice of a page's addresses, as many as are wanted and fit: a page's answer is never truncated. */
  addAddresses(records: AddressRecords, random: () => number): void {
    const { recordLength, octets, order } = records;
    const room = Math.floor((this.#limit - this.#at) / recordLength);
    const size = Math.min(records.count, records.max, room);
    // Only a long chain of CNAMEs before it leaves no room at all.
    if (size < 1) {
      this.overflow = true;
      return;
    }
    chooseAddresses(records, size, random);
    for (let i = 0; i < size; i += 1) {
      const from = (order[i] ?? 0) * recordLength;
      this.#putPointer(this.#at, this.owner);
      for (let j = OWNER_POINTER_LENGTH; j < recordLength; j += 1) {
        this.#buffer[this.#at + j] = octets[from + j] ?? 0;
      }
      this.#at += recordLength;
    }
    this.#counts[0] = (this.#counts[0] ?? 0) + size;
  }

  /** Room for so many octets; else the reply is marked as too long. */
  #fits(length: number): boolean {
    if (this.#at + length <= this.#limit) return true;
    this.overflow = true;
    return false;
  }

  #putRecord(record: WireRecord): void {
    const { octets, apexPointers } = record;
    for (let i = 0; i < octets.length; i += 1) this.#buffer[this.#at + i] = octets[i] ?? 0;
    for (const at of apexPointers) this.#putPointer(this.#at + at, this.#apex);
    this.#at += octets.length;
  }

  #putPointer(at: number, target: number): void {
    this.#buffer[at] = 0xc0 | (target >> 8);
    this.#buffer[at + 1] = target & 0xff;
  }

  /** Completes header and OPT record and returns the reply's length. A reply that is too long says only that. */
  end(message: Uint8Array, query: Query, flags: number, rcode: number): number {
    const counts = this.#counts;
    const sentFlags = (flags & ~0xf) | (rcode & 0xf) | (this.overflow ? FLAG_TC : 0);
    if (this.overflow) {
      this.#at = query.questionEnd;
      counts.fill(0);
    }
    const buffer = this.#buffer;
    buffer[0] = message[0] ?? 0;
    buffer[1] = message[1] ?? 0;
    this.#putWord(2, sentFlags);
    this.#putWord(4, query.questionEnd > 0 ? 1 : 0);
    this.#putWord(6, counts[0] ?? 0);
    this.#putWord(8, counts[1] ?? 0);
    this.#putWord(10, (counts[2] ?? 0) + (query.edns.present ? 1 : 0));
    return query.edns.write(buffer, this.#at, message, rcode);
  }

  #putWord(at: number, value: number): void {
    this.#buffer[at] = value >> 8;
    this.#buffer[at + 1] = value & 0xff;
  }
}
