import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Bundle } from '../../src/site/bundle.js';
import { decodeBundle, encodeBundle } from '../../src/site/bundle-codec.js';
import { MAX_BUNDLE_BYTES } from '../../src/site/bundle-rules.js';
import { crc32 } from '../../src/site/crc32.js';
import { bundleOf } from '../helpers/bundle.js';

const ascii = (min: number, max: number) =>
  fc
    .string({ unit: fc.constantFrom(...'abcxyz0189-_.'), minLength: min, maxLength: max })
    .map((text) => `${text}a`);
const path = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `/${text.replace(/\p{Cs}/gu, '')}`);
const bundles: fc.Arbitrary<Bundle> = fc.record(
  {
    host: ascii(0, 60),
    path,
    urlPath: path,
    contentType: fc.constantFrom('text/html; charset=utf-8', 'image/png', 'x'),
    lastModified: fc.integer({ min: 0, max: 253_402_300_799 }),
    digest: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex')),
    representations: fc
      .record({
        bodies: fc.tuple(...[0, 1, 2].map(() => fc.uint8Array({ maxLength: 40 }))),
        others: fc.subarray(['gzip', 'br'] as const),
        tag: ascii(0, 20),
      })
      .map(({ bodies, others, tag }) =>
        (['identity', ...others] as const).map((encoding, index) => ({
          encoding,
          etag: `"${tag}${index}"`,
          body: bodies[index] ?? new Uint8Array(),
        })),
      ),
  },
  { noNullPrototype: true },
);

const messageOf = (bytes: Uint8Array): string => {
  const parsed = decodeBundle(bytes, 'x.bundle');
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems[0]?.where, 'x.bundle');
  return parsed.problems[0].message;
};

/** Gives tampered bytes a valid checksum, so that the checks behind it are reached. */
const resealed = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(12, crc32(copy.subarray(16)), true);
  return copy;
};
const tampered = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(at, value, true);
  return resealed(copy);
};

test('a bundle is the same after a round trip', () => {
  fc.assert(
    fc.property(bundles, (bundle) => {
      const parsed = decodeBundle(encodeBundle(bundle));
      assert.ok(parsed.ok, JSON.stringify(parsed));
      assert.deepEqual(parsed.value, bundle);
    }),
  );
});

test('a bundle within a larger buffer is read at its own place', () => {
  const bytes = encodeBundle(bundleOf());
  const larger = new Uint8Array(bytes.length + 64);
  larger.set(bytes, 33);
  assert.deepEqual(decodeBundle(larger.subarray(33, 33 + bytes.length)), { ok: true, value: bundleOf() });
});

test('the same bundle gives the same bytes, and bodies lie at multiples of 8', () => {
  const bytes = encodeBundle(bundleOf());
  assert.deepEqual(encodeBundle(bundleOf()), bytes);
  const view = new DataView(bytes.buffer);
  for (const entry of [104, 152]) {
    const [offset, length] = [view.getUint32(entry + 28, true), view.getUint32(entry + 32, true)];
    assert.equal(offset % 8, 0);
    const body = bytes.subarray(offset, offset + length);
    assert.match(entry === 104 ? Buffer.from(body).toString() : gunzipSync(body).toString(), /^<p>hello/);
  }
  assert.equal(bytes.length % 8, 0);
});

test('the bytes of version 1 have not changed', () => {
  const bytes = encodeBundle(
    bundleOf({ representations: [{ encoding: 'identity', etag: '"a"', body: Buffer.from('hi') }] }),
  );
  assert.equal(
    createHash('sha256').update(bytes).digest('hex'),
    '2981b670114d17dedf786a6362c0a4544e643e26b2026278a1546c3ecdb54b2c',
  );
});

test('the header lines of the three responses share one end', () => {
  const bytes = encodeBundle(bundleOf());
  const view = new DataView(bytes.buffer);
  const entry = 104 + 48;
  const end = view.getUint32(entry + 16, true);
  const linesFrom = (at: number) =>
    Buffer.from(bytes.subarray(view.getUint32(entry + at, true), end)).toString();
  const length = bundleOf().representations[1]?.body.length;
  const validator = 'ETag: "gzip-1"\r\nVary: Accept-Encoding\r\nCache-Control: no-cache\r\n';
  const content =
    'Content-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n' +
    'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nAccept-Ranges: bytes\r\n';
  assert.equal(linesFrom(12), validator);
  assert.equal(linesFrom(8), content + validator);
  assert.equal(linesFrom(4), `Content-Length: ${length}\r\n${content}${validator}`);
  const etagAt = view.getUint32(entry + 20, true);
  assert.equal(
    Buffer.from(bytes.subarray(etagAt, etagAt + view.getUint32(entry + 24, true))).toString(),
    '"gzip-1"',
  );
});

test('every change of a single byte is refused', () => {
  const bytes = encodeBundle(bundleOf());
  for (let at = 0; at < bytes.length; at += 1) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const copy = Uint8Array.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ flip;
      assert.ok(!decodeBundle(copy).ok, `byte ${at} xor ${flip}`);
    }
  }
});

test('every truncation and every addition is refused', () => {
  const bytes = encodeBundle(bundleOf());
  for (let length = 0; length < bytes.length; length += 1) {
    assert.ok(!decodeBundle(bytes.subarray(0, length)).ok, `cut to ${length}`);
  }
  assert.match(messageOf(bytes.subarray(0, -8)), /truncated: it should have \d+ bytes/);
  assert.match(messageOf(Buffer.concat([bytes, new Uint8Array(8)])), /followed by something else/);
});

test('a change of a single byte in the header is refused even with a checksum that fits', () => {
  const bytes = encodeBundle(bundleOf());
  const bodies = new DataView(bytes.buffer).getUint32(104 + 28, true);
  for (let at = 16; at < bodies; at += 1) {
    // The digest can be any 32 bytes.
    if (at >= 32 && at < 64) continue;
    const copy = Uint8Array.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 0xff;
    assert.ok(!decodeBundle(resealed(copy)).ok, `byte ${at}`);
  }
});

test('random bytes behind a valid envelope never throw', () => {
  const base = encodeBundle(bundleOf());
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.integer({ min: 20, max: base.length - 4 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      ),
      (changes) => {
        const bytes = changes.reduce((copy, [at, value]) => tampered(copy, at, value), base);
        assert.equal(typeof decodeBundle(bytes).ok, 'boolean');
      },
    ),
  );
});

test('what is wrong is said', () => {
  const bytes = encodeBundle(bundleOf());
  assert.match(messageOf(new Uint8Array(10)), /has 10 bytes; a bundle has at least 104/);
  assert.match(messageOf(gzipSync(bytes)), /is not a bundle/);
  assert.match(messageOf(tampered(bytes, 8, 2)), /has version 2; expected 1/);
  assert.match(messageOf(tampered(bytes, 16, MAX_BUNDLE_BYTES + 8)), /at most 1073741824 are served/);
  assert.match(messageOf(tampered(bytes, 20, 4)), /has 4 representations; expected 1 to 3/);
  assert.match(messageOf(tampered(bytes, 104, 9)), /representation 0 has an unknown content coding/);
  assert.match(messageOf(tampered(bytes, 64, 0xffffffff)), /the host lies outside the file/);
  assert.match(messageOf(tampered(bytes, 104 + 32, 0xffffffff)), /the body lies outside the file/);
});

test('a bundle that would break its header lines is not written', () => {
  const broken: readonly (readonly [Partial<Bundle>, RegExp])[] = [
    [{ contentType: 'text/html\r\nSet-Cookie: a=b' }, /content type/],
    [{ host: 'UPPER.example' }, /host/],
    [{ host: '' }, /host/],
    [{ host: 'a.example.' }, /host/],
    [{ path: 'index.html' }, /path/],
    [{ urlPath: `/${'x'.repeat(4_096)}` }, /path/],
    [{ urlPath: '/\ud800' }, /path/],
    [{ lastModified: -1 }, /last modification/],
    [{ lastModified: 1.5 }, /last modification/],
    [{ digest: 'ff' }, /digest/],
    [{ representations: [] }, /identity/],
    [{ representations: [{ encoding: 'br', etag: '"a"', body: new Uint8Array() }] }, /identity/],
    [{ representations: [{ encoding: 'identity', etag: 'W/"a"', body: new Uint8Array() }] }, /entity tag/],
  ];
  for (const [part, message] of broken) assert.throws(() => encodeBundle(bundleOf(part)), message);
});
