import type { Bundle, Representation } from './bundle.js';
import { MAX_HTTP_DATE } from './http-date.js';

export const MAX_PATH_BYTES = 4_096;
export const MAX_HOST_BYTES = 253;
/** Also what keeps every offset within 32 bits; a page beyond it belongs on the origin alone. */
export const MAX_BUNDLE_BYTES = 2 ** 30;

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;
const HOST = /^[\x21-\x40\x5b-\x7e]+$/;
/** RFC 9110 section 8.8.3 without `W/` and obs-text. */
const STRONG_ETAG = /^"[\x21\x23-\x7e]{0,126}"$/;
const DIGEST = /^[0-9a-f]{64}$/;
/** Half of a surrogate pair: no UTF-8 text can hold it. */
const HALF_CHARACTER = /\p{Cs}/u;

/**
 * What keeps a bundle from being servable: values that would break the header lines that they become part of, or
 * that the file has no room for. Each is one sentence.
 */
export function bundleFaults(bundle: Bundle): readonly string[] {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

  expect(
    HOST.test(bundle.host) && bundle.host.length <= MAX_HOST_BYTES && !bundle.host.endsWith('.'),
    `host ${shown(bundle.host)} is not 1 to ${MAX_HOST_BYTES} lower-case ASCII characters without a trailing dot`,
  );
  for (const path of [bundle.path, bundle.urlPath]) {
    expect(
      path.startsWith('/') &&
        !HALF_CHARACTER.test(path) &&
        new TextEncoder().encode(path).length <= MAX_PATH_BYTES,
      `path ${shown(path)} is not a "/" and up to ${MAX_PATH_BYTES - 1} more bytes of UTF-8`,
    );
  }
  expect(
    PRINTABLE.test(bundle.contentType),
    `content type ${shown(bundle.contentType)} is not 1 to 255 printable ASCII characters`,
  );
  expect(
    Number.isInteger(bundle.lastModified) && bundle.lastModified >= 0 && bundle.lastModified <= MAX_HTTP_DATE,
    `last modification ${bundle.lastModified} is not a whole number of seconds from 1970 to 9999`,
  );
  expect(DIGEST.test(bundle.digest), `digest ${shown(bundle.digest)} is not 64 lower-case hex digits`);
  faults.push(...representationFaults(bundle.representations));
  return faults;
}

function representationFaults(representations: readonly Representation[]): readonly string[] {
  const faults = representations
    .filter((representation) => !STRONG_ETAG.test(representation.etag))
    .map((representation) => `entity tag ${representation.etag.slice(0, 80)} is not a strong one in quotes`);
  const encodings = representations.map((representation) => representation.encoding);
  if (encodings[0] !== 'identity') faults.push('the first representation is not identity');
  if (new Set(encodings).size !== encodings.length) faults.push('an encoding occurs twice');
  return faults;
}
