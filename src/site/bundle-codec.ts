import type { Parsed } from '../problem.js';
import type { Bundle, Representation } from './bundle.js';
import {
  AT,
  ENCODINGS,
  ENTRY_AT,
  HEADER_BYTES,
  layOut,
  MAGIC,
  REPRESENTATION_BYTES,
  TEXT_AT,
  VERSION,
} from './bundle-layout.js';
import { bundleFaults, MAX_BUNDLE_BYTES } from './bundle-rules.js';
import { crc32 } from './crc32.js';

/** What is wrong with the bytes; it leaves this file only as a problem. */
class Malformed extends Error {}

/**
 * The file that `bundle-format.md` describes. The same bundle gives the same bytes.
 * @throws RangeError for a bundle with faults (`bundleFaults`) or larger than `MAX_BUNDLE_BYTES`: whoever makes
 * bundles of users' files checks first.
 */
export function encodeBundle(bundle: Bundle): Uint8Array {
  const [fault] = bundleFaults(bundle);
  if (fault !== undefined) throw new RangeError(`cannot encode the bundle of ${bundle.path}: ${fault}`);
  const { head, bodies, length } = layOut(bundle);
  if (length > MAX_BUNDLE_BYTES) {
    throw new RangeError(
      `cannot encode the bundle of ${bundle.path}: ${length} bytes, at most ${MAX_BUNDLE_BYTES} fit`,
    );
  }
  const bytes = new Uint8Array(length);
  bytes.set(head);
  for (const { offset, body } of bodies) bytes.set(body, offset);
  viewOf(bytes).setUint32(AT.crc, crc32(bytes.subarray(AT.checked)), true);
  return bytes;
}

/**
 * Reads a bundle file; the bodies are views into `bytes`, not copies. Truncated, oversized, corrupt or merely unusual
 * bytes are problems, each at `where` (the file's name).
 */
export function decodeBundle(bytes: Uint8Array, where = 'bundle'): Parsed<Bundle> {
  try {
    checkEnvelope(bytes);
    const bundle = readBundle(bytes);
    const faults = bundleFaults(bundle);
    if (faults.length > 0) return { ok: false, problems: faults.map((message) => ({ where, message })) };
    checkLayout(bytes, bundle);
    return { ok: true, value: bundle };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ok: false, problems: [{ where, message: error.message, hint: 'build the site again' }] };
  }
}

function checkEnvelope(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_BYTES) {
    throw new Malformed(`the file has ${bytes.length} bytes; a bundle has at least ${HEADER_BYTES}`);
  }
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) throw new Malformed('the file is not a bundle');
  const version = view.getUint32(AT.version, true);
  if (version !== VERSION) throw new Malformed(`the bundle has version ${version}; expected ${VERSION}`);
  const length = view.getUint32(AT.length, true);
  if (length > MAX_BUNDLE_BYTES) {
    throw new Malformed(
      `the bundle says that it has ${length} bytes; at most ${MAX_BUNDLE_BYTES} are served`,
    );
  }
  if (length !== bytes.length) {
    const what = length > bytes.length ? 'truncated' : 'followed by something else';
    throw new Malformed(`the bundle is ${what}: it should have ${length} bytes and has ${bytes.length}`);
  }
  if (view.getUint32(AT.crc, true) !== crc32(bytes.subarray(AT.checked))) {
    throw new Malformed('the bundle is corrupt: its checksum does not match');
  }
}

function readBundle(bytes: Uint8Array): Bundle {
  const view = viewOf(bytes);
  const count = view.getUint32(AT.count, true);
  if (count < 1 || count > ENCODINGS.length) {
    throw new Malformed(`the bundle has ${count} representations; expected 1 to ${ENCODINGS.length}`);
  }
  const lastModified = view.getBigUint64(AT.lastModified, true);
  return {
    host: textAt(bytes, TEXT_AT.host, 'host'),
    path: textAt(bytes, TEXT_AT.path, 'path'),
    urlPath: textAt(bytes, TEXT_AT.urlPath, 'own path'),
    contentType: textAt(bytes, TEXT_AT.contentType, 'content type'),
    lastModified: Number(lastModified),
    digest: Buffer.from(bytes.subarray(AT.digest, AT.digest + 32)).toString('hex'),
    representations: Array.from({ length: count }, (_, index) => representationAt(bytes, index)),
  };
}

function representationAt(bytes: Uint8Array, index: number): Representation {
  const entry = HEADER_BYTES + REPRESENTATION_BYTES * index;
  if (entry + REPRESENTATION_BYTES > bytes.length) throw new Malformed(`representation ${index} is cut off`);
  const encoding = ENCODINGS[viewOf(bytes).getUint32(entry + ENTRY_AT.encoding, true)];
  if (encoding === undefined) throw new Malformed(`representation ${index} has an unknown content coding`);
  return {
    encoding,
    etag: textAt(bytes, entry + ENTRY_AT.etag, 'entity tag'),
    body: spanAt(bytes, entry + ENTRY_AT.body, 'body'),
  };
}

/** Whatever is not read above (header lines, alignment, gaps) has to be what the writer would have written. */
function checkLayout(bytes: Uint8Array, bundle: Bundle): void {
  const { head, bodies, length } = layOut(bundle);
  if (length !== bytes.length) throw new Malformed('the bundle has bytes that belong to nothing');
  viewOf(head).setUint32(AT.crc, viewOf(bytes).getUint32(AT.crc, true), true);
  if (Buffer.compare(head, bytes.subarray(0, head.length)) !== 0) {
    throw new Malformed('the header of the bundle is not what its contents call for');
  }
  for (const [index, { offset, body }] of bodies.entries()) {
    const gap = bytes.subarray(offset + body.length, bodies[index + 1]?.offset ?? length);
    if (gap.some((byte) => byte !== 0)) throw new Malformed('a gap of the bundle is not filled with zeros');
  }
}

function textAt(bytes: Uint8Array, at: number, what: string): string {
  const span = spanAt(bytes, at, what);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(span);
  } catch {
    throw new Malformed(`the ${what} is not UTF-8`);
  }
}

function spanAt(bytes: Uint8Array, at: number, what: string): Uint8Array {
  const view = viewOf(bytes);
  const [offset, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
  if (offset + length > bytes.length) throw new Malformed(`the ${what} lies outside the file`);
  return bytes.subarray(offset, offset + length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
