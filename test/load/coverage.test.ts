import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Coverage } from '../../src/load/coverage.js';

test('watched time is that of a list of moments, whatever the order and overlap of what is added', () => {
  const interval = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 8 }));
  fc.assert(
    fc.property(
      fc.array(interval, { maxLength: 12 }),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 30 }),
      (intervals, one, other) => {
        const coverage = new Coverage();
        const watched = new Set<number>();
        for (const [from, length] of intervals) {
          // Steps of 100 ms, so that no pause is short enough to be a late timer.
          assert.equal(coverage.add(from * 100, (from + length) * 100), true);
          for (let step = from; step < from + length; step += 1) watched.add(step);
        }
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const expected = [...watched].filter((step) => step >= from && step < to).length * 100;
        assert.equal(coverage.within(from * 100, to * 100), expected);
      },
    ),
  );
});

test('a time that runs backwards, or is no number, is refused', () => {
  const coverage = new Coverage();
  assert.equal(coverage.add(2_000, 1_000), false);
  assert.equal(coverage.add(Number.NaN, 1_000), false);
  assert.equal(coverage.add(0, Number.POSITIVE_INFINITY), false);
  assert.equal(coverage.within(0, 10_000), 0);
});

test('pauses of a late timer count as watched', () => {
  const coverage = new Coverage();
  for (let at = 0; at < 100_000; at += 100) coverage.add(at, at + 95);
  assert.equal(coverage.within(0, 99_995), 99_995);
});

test('many gaps are bounded, and the oldest are given up first', () => {
  const coverage = new Coverage();
  for (let at = 0; at < 1_000; at += 1) coverage.add(at * 1_000, at * 1_000 + 500);
  assert.equal(coverage.start, 0);
  assert.equal(coverage.within(990_000, 1_000_000), 5_000);
});
