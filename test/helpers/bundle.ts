import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Bundle } from '../../src/site/bundle.js';

export const BODY = `<p>hello${' again'.repeat(60)}</p>\n`;

/** The bundle of a small page with a gzip representation, or one that differs in the given parts. */
export function bundleOf(part: Partial<Bundle> = {}): Bundle {
  return {
    host: 'index.html.example.org',
    path: '/index.html',
    urlPath: '/index.html',
    contentType: 'text/html; charset=utf-8',
    lastModified: 784_111_777,
    digest: createHash('sha256').update(BODY).digest('hex'),
    representations: [
      { encoding: 'identity', etag: '"identity-1"', body: Uint8Array.from(Buffer.from(BODY)) },
      { encoding: 'gzip', etag: '"gzip-1"', body: Uint8Array.from(gzipSync(BODY)) },
    ],
    ...part,
  };
}
