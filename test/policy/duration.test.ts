import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/policy/duration.js';

test('a duration is whole numbers with units, the largest first', () => {
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('5m'), 300_000);
  assert.equal(parseDuration('1h30m'), 5_400_000);
  assert.equal(parseDuration('250ms'), 250);
  assert.equal(parseDuration('1h2m3s4ms'), 3_723_004);
  assert.equal(parseDuration('0s'), 0);
  assert.equal(parseDuration('90m'), 5_400_000);
});

test('what is not a duration is null', () => {
  for (const text of [
    '',
    '30',
    's',
    '1.5s',
    '-1s',
    '1s1h',
    '1s 2ms',
    ' 1s',
    '1s1s',
    '1M',
    '1d',
    '1e3s',
    '٣s',
  ])
    assert.equal(parseDuration(text), null, text);
});

test('minutes before milliseconds are told apart from milliseconds', () => {
  assert.equal(parseDuration('1m5ms'), 60_005);
  assert.equal(parseDuration('1ms'), 1);
  assert.equal(parseDuration('1h1ms'), 3_600_001);
});

test('every number of milliseconds is read back from what it is written as', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10 * 365 * 86_400_000 }), (milliseconds) => {
      assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds);
    }),
  );
});

test('reading never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const milliseconds = parseDuration(text);
      assert.ok(milliseconds === null || milliseconds >= 0);
    }),
  );
});
