import type { Bundle, Encoding, Representation } from './bundle.js';
import { type HeaderLine, headerBlock } from './header-block.js';

/** The numbers of `bundle-format.md`. */
export const MAGIC = new TextEncoder().encode('hotzone\0');
export const VERSION = 1;
export const HEADER_BYTES = 104;
export const REPRESENTATION_BYTES = 48;
export const ENCODINGS: readonly Encoding[] = ['identity', 'gzip', 'br'];

export const AT = {
  version: 8,
  crc: 12,
  checked: 16,
  length: 16,
  count: 20,
  lastModified: 24,
  digest: 32,
} as const;
export const TEXT_AT = { host: 64, path: 72, urlPath: 80, contentType: 88 } as const;
/** Within a representation's entry. */
export const ENTRY_AT = {
  encoding: 0,
  whole: 4,
  content: 8,
  validator: 12,
  end: 16,
  etag: 20,
  body: 28,
} as const;

/** Everything before the bodies, and where the bodies go. */
export interface Layout {
  /** With a checksum of zero. */
  readonly head: Uint8Array;
  readonly bodies: readonly { readonly offset: number; readonly body: Uint8Array }[];
  /** Of the whole file. */
  readonly length: number;
}

const utf8 = new TextEncoder();

/** Lays a bundle out as `bundle-format.md` says; the same bundle always gives the same layout. */
export function layOut(bundle: Bundle): Layout {
  const texts = Object.entries(TEXT_AT).map(([name, at]) => ({
    at,
    bytes: utf8.encode(bundle[name as keyof typeof TEXT_AT]),
  }));
  const blocks = bundle.representations.map((representation) => blockBytes(bundle, representation));

  let end = HEADER_BYTES + REPRESENTATION_BYTES * blocks.length;
  const place = (bytes: Uint8Array): number => {
    const offset = end;
    end += bytes.length;
    return offset;
  };
  const placedTexts = texts.map((text) => ({ ...text, offset: place(text.bytes) }));
  const placedBlocks = blocks.map((block) => ({ ...block, offset: place(block.bytes) }));
  end = aligned(end);
  const head = new Uint8Array(end);
  const bodies = bundle.representations.map(({ body }) => {
    const offset = place(body);
    end = aligned(end);
    return { offset, body };
  });

  const view = new DataView(head.buffer);
  const write = (at: number, ...numbers: readonly number[]): void => {
    for (const [index, number] of numbers.entries()) view.setUint32(at + 4 * index, number, true);
  };
  head.set(MAGIC);
  write(AT.version, VERSION);
  write(AT.length, end);
  write(AT.count, blocks.length);
  view.setBigUint64(AT.lastModified, BigInt(bundle.lastModified), true);
  head.set(Buffer.from(bundle.digest, 'hex'), AT.digest);
  for (const { at, bytes, offset } of placedTexts) {
    write(at, offset, bytes.length);
    head.set(bytes, offset);
  }
  for (const [index, { bytes, offset, content, validator, etag }] of placedBlocks.entries()) {
    const entry = HEADER_BYTES + REPRESENTATION_BYTES * index;
    const representation = bundle.representations[index] as Representation;
    write(entry + ENTRY_AT.encoding, ENCODINGS.indexOf(representation.encoding));
    write(entry + ENTRY_AT.whole, offset, offset + content, offset + validator, offset + bytes.length);
    write(entry + ENTRY_AT.etag, offset + etag, representation.etag.length);
    write(entry + ENTRY_AT.body, bodies[index]?.offset ?? 0, representation.body.length);
    head.set(bytes, offset);
  }
  return { head, bodies, length: end };
}

/** The header lines of one representation, with the starts of their parts relative to their own. */
function blockBytes(bundle: Bundle, representation: Representation) {
  const { whole, content, validator } = headerBlock(bundle, representation);
  const parts = [whole, content, validator].map(linesText) as [string, string, string];
  const validatorStart = parts[0].length + parts[1].length;
  return {
    bytes: utf8.encode(parts.join('')),
    content: parts[0].length,
    validator: validatorStart,
    etag: validatorStart + parts[2].indexOf(representation.etag),
  };
}

function linesText(lines: readonly HeaderLine[]): string {
  return lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
