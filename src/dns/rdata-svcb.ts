import type { RdataReader } from './rdata-reader.js';
import { addressOctets } from './record.js';

/** Service parameter keys (RFC 9460 section 14.3.2) by number. */
const KEYS = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint'];
const MAX_KEY = 0xfffe;

/** The `key=value` fields that end SVCB and HTTPS data, in the order of their keys (RFC 9460 section 2.2). */
export function readServiceParameters(fields: RdataReader): readonly Buffer[] {
  const parameters = new Map<number, Buffer>();
  while (!fields.isAtEnd) {
    const [, keyText = '', equals, start = ''] = /^([^=]+)(=?)(.*)$/s.exec(fields.word('a parameter')) ?? [];
    const key = parseKey(keyText);
    if (key === null)
      fields.fail(`"${keyText}" is not a service parameter`, `known are ${KEYS.join(', ')} and keyNNNNN`);
    else if (parameters.has(key)) fields.fail(`the parameter ${keyText} is there twice`);
    else {
      // The lexer ends a word before a quote, so `alpn="h2,h3"` comes as two tokens.
      const text = equals === '=' && start === '' && !fields.isAtEnd ? fields.word('the value') : start;
      parameters.set(key, encodeValue(key, text, fields));
    }
  }
  return [...parameters]
    .sort(([a], [b]) => a - b)
    .map(([key, value]) => Buffer.concat([uint16(key), uint16(value.length), value]));
}

function parseKey(text: string): number | null {
  const known = KEYS.indexOf(text.toLowerCase());
  if (known >= 0) return known;
  const number = /^key(\d{1,5})$/i.exec(text)?.[1];
  return number !== undefined && Number(number) <= MAX_KEY ? Number(number) : null;
}

function encodeValue(key: number, text: string, fields: RdataReader): Buffer {
  switch (KEYS[key]) {
    case 'mandatory':
      // In wire form the keys come in ascending order (RFC 9460 section 8).
      return Buffer.concat(
        list(text)
          .map((name) => parseKey(name) ?? failed(fields, name))
          .sort((a, b) => a - b)
          .map(uint16),
      );
    case 'alpn':
      return Buffer.concat(
        list(text).map((protocol) => {
          const octets = fields.unescape(protocol, 'the protocol');
          return octets.length > 255
            ? Buffer.of(failed(fields, protocol))
            : Buffer.concat([Buffer.of(octets.length), octets]);
        }),
      );
    case 'no-default-alpn':
      return text === '' ? Buffer.alloc(0) : Buffer.of(failed(fields, text));
    case 'port':
      return /^\d{1,5}$/.test(text) && Number(text) <= 0xffff
        ? uint16(Number(text))
        : Buffer.of(failed(fields, text));
    case 'ipv4hint':
    case 'ipv6hint':
      return Buffer.concat(
        list(text).map((address) => hint(address, KEYS[key] === 'ipv4hint' ? 4 : 16, fields)),
      );
    case 'ech':
      return /^[A-Za-z0-9+/]+={0,2}$/.test(text)
        ? Buffer.from(text, 'base64')
        : Buffer.of(failed(fields, text));
    default:
      return fields.unescape(text, 'the value');
  }
}

function list(text: string): readonly string[] {
  return text.split(',');
}

function hint(text: string, length: 4 | 16, fields: RdataReader): Uint8Array {
  const octets = addressOctets(text);
  return octets?.length === length ? octets : Buffer.of(failed(fields, text));
}

function failed(fields: RdataReader, text: string): number {
  fields.fail(`"${text}" is not a value of this service parameter`);
  return 0;
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
