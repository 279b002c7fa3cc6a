import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { firstSerial, laterSerial, nextSerial } from '../../src/dns/serial.js';

const serial = fc.integer({ min: 1, max: 0xffff_ffff });

test('the next serial is later than the one before, also where it starts anew', () => {
  assert.equal(nextSerial(0xffff_fffe), 0xffff_ffff);
  assert.equal(nextSerial(0xffff_ffff), 1);
  fc.assert(
    fc.property(serial, (before) => {
      assert.equal(laterSerial(before, nextSerial(before)), nextSerial(before));
      assert.equal(laterSerial(nextSerial(before), before), nextSerial(before));
    }),
  );
});

test('which of two serials is later goes by RFC 1982, and does not hang on their order', () => {
  assert.equal(laterSerial(5, 7), 7);
  assert.equal(laterSerial(0xffff_fff0, 5), 5, 'a serial that started anew');
  assert.equal(laterSerial(5, 0xffff_fff0), 5);
  assert.equal(laterSerial(9, 9), 9);
});

test('serials begin after the last one, or with Unix time, and never before the one that was written', () => {
  const now = Date.UTC(2026, 0, 31);
  const seconds = now / 1_000;
  assert.equal(firstSerial(null, 1, now), seconds);
  assert.equal(firstSerial(null, 2_026_013_101, now), 2_026_013_101);
  assert.equal(firstSerial(41, 1, now), 41, 'the clock does not matter any more');
  assert.equal(firstSerial(41, 77, now), 77);
  assert.equal(firstSerial(3, 0xffff_ffff, now), 3, 'after a serial that started anew');
});
