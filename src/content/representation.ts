import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Encoding, Representation } from '../site/bundle.js';
import { isCompressible } from './content-type.js';

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

const GZIP_LEVEL = 9;
const ETAG_DIGITS = 32;

/**
 * Brotli quality by size. 11 costs about a millisecond a kilobyte and is a tenth smaller than 7, which costs a
 * thirtieth of that: a site of 1,000 pages has to be built in seconds, and a changed page within one.
 */
function brotliQuality(octets: number): number {
  if (octets <= 2 * 1024) return 11;
  return octets <= 1024 * 1024 ? 7 : 5;
}

/** The smallest window that holds the body: a larger one costs time to clear and makes nothing smaller. */
function brotliWindowBits(octets: number): number {
  const bits = Math.ceil(Math.log2(octets + 16));
  return Math.min(Math.max(bits, constants.BROTLI_MIN_WINDOW_BITS), constants.BROTLI_DEFAULT_WINDOW);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The finished bodies of a page: identity first, then those that are smaller. Equal input gives equal bytes. */
export async function representationsOf(
  body: Uint8Array,
  contentType: string,
): Promise<readonly Representation[]> {
  const identity = representation('identity', body);
  if (!isCompressible(contentType)) return [identity];
  const [gzipped, brotlied] = await Promise.all([
    gzipAsync(body, { level: GZIP_LEVEL }),
    brotliAsync(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality(body.length),
        [constants.BROTLI_PARAM_LGWIN]: brotliWindowBits(body.length),
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  ]);
  const coded = [representation('gzip', gzipped), representation('br', brotlied)];
  return [identity, ...coded.filter((each) => each.body.length < body.length)];
}

function representation(encoding: Encoding, body: Uint8Array): Representation {
  const tag = sha256(body).slice(0, ETAG_DIGITS);
  return { encoding, etag: encoding === 'identity' ? `"${tag}"` : `"${tag}-${encoding}"`, body };
}
