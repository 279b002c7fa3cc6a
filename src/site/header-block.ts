import type { Bundle, Representation } from './bundle.js';
import { formatHttpDate } from './http-date.js';

export type HeaderLine = readonly [name: string, value: string];

/** The response header lines that a representation has before anybody asks for it, by the responses they belong to. */
export interface HeaderBlock {
  /** Of a 200 only: a 206 has the length of its part. */
  readonly whole: readonly HeaderLine[];
  /** Of a 200 and a 206: what describes the content. */
  readonly content: readonly HeaderLine[];
  /** Of a 200, a 206 and a 304: exactly what RFC 9110 section 15.4.5 wants in a 304, Date excepted. */
  readonly validator: readonly HeaderLine[];
}

/**
 * A browser asks again every time (a 304 costs a few hundred bytes), so a changed page shows at once and load is
 * seen where it arises.
 */
const CACHE_CONTROL = 'no-cache';

/** The ready-made header lines of one representation of a page; the encoded bundle holds the same bytes. */
export function headerBlock(bundle: Bundle, representation: Representation): HeaderBlock {
  const { encoding, etag, body } = representation;
  return {
    whole: [['Content-Length', String(body.length)]],
    content: [
      ['Content-Type', bundle.contentType],
      ...(encoding === 'identity' ? [] : [['Content-Encoding', encoding] as const]),
      ['Last-Modified', formatHttpDate(bundle.lastModified)],
      ['Accept-Ranges', 'bytes'],
    ],
    validator: [['ETag', etag], ...varyLines(bundle), ['Cache-Control', CACHE_CONTROL]],
  };
}

/** RFC 9110 section 12.5.5: caches must know that another client may be sent another coding. */
export function varyLines(bundle: Bundle): readonly HeaderLine[] {
  return bundle.representations.length > 1 ? [['Vary', 'Accept-Encoding']] : [];
}
