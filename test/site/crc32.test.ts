import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from '../../src/site/crc32.js';

test('the check value of CRC-32 is that of its catalogues', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
  assert.equal(crc32(new Uint8Array()), 0);
});

test('it is the checksum in the trailer of a gzip file (RFC 1952 section 2.3.1)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      assert.equal(crc32(bytes), gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8));
    }),
  );
});
