/** What we accept and send over UDP: no IP fragments (RFC 9715 section 3.2). */
export const MAX_UDP_PAYLOAD = 1232;
/** Of a message without EDNS, and the least that a payload size can mean (RFC 6891 section 6.2.3). */
export const MIN_UDP_PAYLOAD = 512;

const OPTION_CLIENT_SUBNET = 8;
const FIXED_OPT_LENGTH = 11;
const OPTION_HEADER_LENGTH = 4;
const SUBNET_HEADER_LENGTH = 4;
const FLAG_DO = 0x8000;

/** Address widths in octets by the address family numbers of RFC 7871; 0 is dig's `+subnet=0`, which has no address. */
const FAMILY_WIDTHS: readonly number[] = [0, 4, 16];

/** The EDNS part of a query (RFC 6891). One object is used again for every query. */
export class Edns {
  present = false;
  version = 0;
  dnssecOk = false;
  /** Octets, already within the bounds of what we send. */
  payloadSize = MIN_UDP_PAYLOAD;
  /** Position and length of the client subnet option's data in the query; length 0 = none. */
  subnetAt = 0;
  subnetLength = 0;

  clear(): void {
    this.present = false;
    this.version = 0;
    this.dnssecOk = false;
    this.payloadSize = MIN_UDP_PAYLOAD;
    this.subnetLength = 0;
  }

  /**
   * Reads an OPT record whose owner name (the root) and type have been read; `at` is the position of its class.
   * The caller has checked that the record lies within the message. False = malformed.
   */
  read(message: Uint8Array, at: number, rdataEnd: number): boolean {
    this.present = true;
    this.payloadSize = Math.min(Math.max(word(message, at), MIN_UDP_PAYLOAD), MAX_UDP_PAYLOAD);
    this.version = message[at + 3] ?? 0;
    this.dnssecOk = (word(message, at + 4) & FLAG_DO) !== 0;
    // The options of a later version may have another form, and BADVERS is due then (RFC 6891 section 6.1.3).
    if (this.version > 0) return true;
    let option = at + 8;
    while (option < rdataEnd) {
      if (option + OPTION_HEADER_LENGTH > rdataEnd) return false;
      const data = option + OPTION_HEADER_LENGTH;
      const length = word(message, option + 2);
      if (data + length > rdataEnd) return false;
      if (word(message, option) === OPTION_CLIENT_SUBNET && !this.#readSubnet(message, data, length))
        return false;
      option = data + length;
    }
    return true;
  }

  /** RFC 7871 section 6: exact length, scope 0 in a query, no bits beyond the prefix. */
  #readSubnet(message: Uint8Array, at: number, length: number): boolean {
    if (this.subnetLength > 0 || length < SUBNET_HEADER_LENGTH) return false;
    const width = FAMILY_WIDTHS[word(message, at)];
    const prefix = message[at + 2] ?? 0;
    const scope = message[at + 3];
    if (width === undefined || prefix > width * 8 || scope !== 0) return false;
    if (length !== SUBNET_HEADER_LENGTH + Math.ceil(prefix / 8)) return false;
    const spareBits = (8 - (prefix % 8)) % 8;
    if (spareBits > 0 && ((message[at + length - 1] ?? 0) & ((1 << spareBits) - 1)) !== 0) return false;
    this.subnetAt = at;
    this.subnetLength = length;
    return true;
  }

  /** Octets that `write` will take. */
  get replyLength(): number {
    if (!this.present) return 0;
    return FIXED_OPT_LENGTH + (this.subnetLength === 0 ? 0 : OPTION_HEADER_LENGTH + this.subnetLength);
  }

  /**
   * Writes our OPT record and returns the position after it. The client subnet is echoed with scope 0, which in the
   * query it already has: our answers do not depend on it (RFC 7871 section 7.2.1).
   */
  write(reply: Uint8Array, start: number, message: Uint8Array, extendedRcode: number): number {
    if (!this.present) return start;
    const optionLength = this.replyLength - FIXED_OPT_LENGTH;
    let at = start;
    reply[at++] = 0;
    reply[at++] = 0;
    reply[at++] = 41;
    reply[at++] = MAX_UDP_PAYLOAD >> 8;
    reply[at++] = MAX_UDP_PAYLOAD & 0xff;
    reply[at++] = extendedRcode >> 4;
    reply[at++] = 0;
    reply[at++] = this.dnssecOk ? 0x80 : 0;
    reply[at++] = 0;
    reply[at++] = optionLength >> 8;
    reply[at++] = optionLength & 0xff;
    if (optionLength > 0) {
      reply[at++] = 0;
      reply[at++] = OPTION_CLIENT_SUBNET;
      reply[at++] = this.subnetLength >> 8;
      reply[at++] = this.subnetLength & 0xff;
      for (let i = 0; i < this.subnetLength; i += 1) reply[at++] = message[this.subnetAt + i] ?? 0;
    }
    return at;
  }
}

function word(message: Uint8Array, at: number): number {
  return ((message[at] ?? 0) << 8) | (message[at + 1] ?? 0);
}
