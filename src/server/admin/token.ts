import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an Authorization header (RFC 6750, section 2.1) carries the token. Digests are compared, in constant time:
 * how long it takes tells neither the token's length nor how much of it was right.
 */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1] ?? '';
  return given !== '' && timingSafeEqual(digestOf(given), digestOf(token));
}

/** What `hasToken` can find in a header. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
