import type { Problem } from '../problem.js';
import type { Token } from './master-lexer.js';
import { type Name, nameOctets, parseName, ROOT, readOctet } from './name.js';
import { addressOctets } from './record.js';

const MAX_STRING = 255;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const MAX_TTL = 0x7fffffff;

/**
 * Reads the fields of one record from its tokens. After the first mistake, which stays in `problem`, every field
 * is empty, so that a record's form can be written down without a check after each field.
 */
export class RdataReader {
  problem: Problem | null = null;
  readonly #tokens: readonly Token[];
  readonly #origin: Name;
  readonly #file: string;
  readonly #end: Token;
  #next = 0;

  /** `end` is what a missing field is reported at. */
  constructor(tokens: readonly Token[], origin: Name, file: string, end: Token) {
    this.#tokens = tokens;
    this.#origin = origin;
    this.#file = file;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** The text of the next token as it is written. */
  word(what: string): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) return this.fail(`${what} is missing`);
    this.#next += 1;
    return token.text;
  }

  name(what: string): Buffer {
    const parsed = parseName(this.word(what), this.#origin);
    return nameOctets(parsed.ok ? parsed.name : this.fail(`${what}: ${parsed.message}`) || ROOT);
  }

  /** An integer of `octets` octets in network order. */
  integer(what: string, octets: 1 | 2 | 4): Buffer {
    return this.#number(this.word(what), what, octets);
  }

  /** Seconds, also with units: `1h30m`. */
  duration(what: string): Buffer {
    const text = this.word(what);
    const seconds = parseDuration(text);
    return this.#number(seconds === null ? text : String(seconds), what, 4);
  }

  #number(text: string, what: string, octets: 1 | 2 | 4): Buffer {
    const data = Buffer.alloc(octets);
    const value = /^\d{1,10}$/.test(text) ? Number(text) : -1;
    if (value < 0 || value >= 256 ** octets) {
      this.fail(`${what} is "${text}", not a number from 0 to ${256 ** octets - 1}`);
    } else data.writeUIntBE(value, 0, octets);
    return data;
  }

  address(length: 4 | 16): Buffer {
    const text = this.word('the address');
    const octets = addressOctets(text);
    if (octets?.length === length) return Buffer.from(octets);
    this.fail(`"${text}" is not an IPv${length === 4 ? 4 : 6} address`);
    return Buffer.alloc(length);
  }

  /** A character string (RFC 1035 section 3.3) without its length octet. */
  string(what: string): Buffer {
    return this.unescape(this.word(what), what);
  }

  /** A character string with its length octet. */
  lengthAndString(what: string): Buffer {
    const data = this.string(what);
    if (data.length > MAX_STRING) this.fail(`${what} has ${data.length} octets, more than ${MAX_STRING}`);
    return Buffer.concat([Buffer.of(data.length & 0xff), data]);
  }

  unescape(text: string, what: string): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    while (at < text.length) {
      const octet = /^\\[ "]/.test(text.slice(at))
        ? { value: text.charCodeAt(at + 1), length: 2 }
        : readOctet(text, at);
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      if (octet !== null) parts.push(Buffer.of(octet.value));
      else if (char > '~' || char === '\t') parts.push(Buffer.from(char));
      else this.fail(`${what} has an escape that is neither \\DDD up to \\255 nor \\ and a character`);
      at += octet?.length ?? char.length;
    }
    return Buffer.concat(parts);
  }

  /** What a file is encoded in where no field of the form is text: hexadecimal or base64 in any number of words. */
  encoded(what: string, encoding: 'hex' | 'base64'): Buffer {
    let text = '';
    while (!this.isAtEnd) text += this.word(what);
    const form = encoding === 'hex' ? /^([0-9a-f]{2})*$/i : /^[A-Za-z0-9+/]*={0,2}$/;
    if (!form.test(text)) this.fail(`${what} is not ${encoding === 'hex' ? 'hexadecimal' : 'base64'}`);
    return Buffer.from(text, encoding);
  }

  /** Records the first mistake, at the token read last, and gives the empty string. */
  fail(message: string, hint?: string): '' {
    const { line, column } = this.#tokens[this.#next - 1] ?? this.#end;
    this.problem ??= { where: this.#file, line, column, message, ...(hint === undefined ? {} : { hint }) };
    return '';
  }
}

/** `3600`, `1h`, `1w2d`; null where it is no such thing. */
export function parseDuration(text: string): number | null {
  if (/^\d{1,10}$/.test(text)) return bounded(Number(text));
  if (!/^(\d{1,10}[smhdw])+$/i.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/gi)) {
    seconds += Number(count) * (SECONDS[(unit ?? '').toLowerCase()] ?? 0);
  }
  return bounded(seconds);
}

/** RFC 2181 section 8: a TTL has 31 bits. */
function bounded(seconds: number): number | null {
  return seconds <= MAX_TTL ? seconds : null;
}
