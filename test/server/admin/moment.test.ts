import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from '../../../src/server/admin/moment.js';

test('a moment is a time with a zone, or so long ago', () => {
  const wall = Date.UTC(2026, 1, 28, 23, 59, 30);
  for (const text of [
    '2026-02-28T23:59:30Z',
    '2026-02-28T23:59:30.000Z',
    '2026-02-28 23:59:30z',
    '2026-03-01t00:59:30+01:00',
    '2026-02-28T18:29:30-05:30',
  ])
    assert.deepEqual(parseMoment(text), { kind: 'at', wall }, text);
  assert.deepEqual(parseMoment('2026-02-28T23:59Z'), { kind: 'at', wall: wall - 30_000 });
  assert.deepEqual(parseMoment('-10m'), { kind: 'ago', ms: 600_000 });
  assert.deepEqual(parseMoment('-1h30m'), { kind: 'ago', ms: 5_400_000 });
  assert.deepEqual(parseMoment('-0s'), { kind: 'ago', ms: 0 });
});

test('what is none is not guessed at', () => {
  for (const text of [
    '',
    'now',
    'yesterday',
    '10m',
    '+10m',
    '-10',
    '-',
    '--10m',
    '2026-02-28',
    '2026-02-28T23:59:30',
    '2026-02-29T00:00:00Z',
    '2026-06-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01T00:61:00Z',
    '2026-01-01T00:00:00+0100',
    '1790000000',
    ' 2026-02-28T23:59:30Z',
    '12026-02-28T23:59:30Z',
  ])
    assert.equal(parseMoment(text), null, text);
});
