import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHttpDate, MAX_HTTP_DATE, parseHttpDate } from '../../src/site/http-date.js';

test('a date is the same after a round trip, up to the last second of the year 9999', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_HTTP_DATE }), (seconds) => {
      assert.equal(parseHttpDate(formatHttpDate(seconds), 2_000), seconds);
    }),
  );
  assert.equal(formatHttpDate(MAX_HTTP_DATE), 'Fri, 31 Dec 9999 23:59:59 GMT');
});

test('all three forms of RFC 9110 section 5.6.7 are read', () => {
  for (const text of [
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
  ]) {
    assert.equal(parseHttpDate(text, 2_026), 784_111_777, text);
  }
});

test('a two-digit year is never more than 50 years ahead', () => {
  const yearOf = (year: string, reference: number) =>
    new Date((parseHttpDate(`Sunday, 06-Nov-${year} 08:49:37 GMT`, reference) ?? 0) * 1_000).getUTCFullYear();
  assert.equal(yearOf('76', 2_026), 2_076);
  assert.equal(yearOf('77', 2_026), 1_977);
  assert.equal(yearOf('00', 2_026), 2_000);
});

test('what is no date is none', () => {
  for (const text of [
    '',
    'yesterday',
    '784111777',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 30 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
  ]) {
    assert.equal(parseHttpDate(text, 2_026), null, text);
  }
});
