import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WindowCounter } from '../../src/load/window.js';

const WINDOW_MS = 6_000;
const BUCKET_MS = WINDOW_MS / 60;

function naive(events: readonly number[], from: number, to: number): number {
  return events.filter((at) => at > from && at <= to).length;
}

const times = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 80 });

test('a count lies between those of a list over the window without and with its oldest bucket', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 10_000 }), (unsorted, later) => {
      const events = [...unsorted].sort((a, b) => a - b);
      const counter = new WindowCounter(WINDOW_MS);
      for (const at of events) counter.add(1, at, at);
      const now = (events.at(-1) ?? 0) + later;
      const sum = counter.sum(now);
      const oldestBucket = Math.floor((now - WINDOW_MS) / BUCKET_MS) * BUCKET_MS;
      assert.ok(sum >= naive(events, oldestBucket + BUCKET_MS - 1, now) - 1e-9, `${sum} misses events`);
      assert.ok(sum <= naive(events, oldestBucket - 1, now) + 1e-9, `${sum} counts events twice`);
    }),
  );
});

test('at the edge of a bucket the count is exact, whatever the order of the events', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 300, max: 360 }), (events, bucket) => {
      const counter = new WindowCounter(WINDOW_MS);
      for (const at of events) counter.add(1, at, at);
      // Exactly 60 whole buckets and the newest, which is empty: nothing is added at or after `now`.
      const now = bucket * BUCKET_MS;
      const kept = events.filter((at) => at >= now - WINDOW_MS && at < now).length;
      assert.equal(counter.sum(now), kept + events.filter((at) => at === now).length);
    }),
  );
});

test('events spread over time are counted once in all', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 5_000, noNaN: true }),
      fc.double({ min: 0, max: 900, noNaN: true }),
      fc.integer({ min: 1, max: 1_000 }),
      (from, span, count) => {
        const counter = new WindowCounter(WINDOW_MS);
        counter.add(count, from, from + span);
        assert.ok(Math.abs(counter.sum(from + span) - count) < 1e-6);
      },
    ),
  );
});

test('of the oldest bucket only the part inside the window counts', () => {
  const counter = new WindowCounter(WINDOW_MS);
  counter.add(10, 0, 0);
  assert.equal(counter.sum(WINDOW_MS), 10);
  assert.ok(Math.abs(counter.sum(WINDOW_MS + BUCKET_MS * 0.3) - 7) < 1e-9);
  assert.equal(counter.sum(WINDOW_MS + BUCKET_MS), 0);
});

test('a shorter span counts only its own time', () => {
  const counter = new WindowCounter(WINDOW_MS);
  counter.add(5, 1_000, 1_000);
  counter.add(3, 2_950, 2_950);
  assert.equal(counter.sum(3_000, 500), 3);
  assert.equal(counter.sum(3_000), 8);
});

test('after a long silence nothing of the past is left', () => {
  const counter = new WindowCounter(WINDOW_MS);
  for (let at = 0; at < WINDOW_MS; at += BUCKET_MS) counter.add(1, at, at);
  counter.add(1, 1_000_000, 1_000_000);
  assert.equal(counter.sum(1_000_000), 1);
});

test('events older than the window are dropped, and do not land in a newer bucket', () => {
  const counter = new WindowCounter(WINDOW_MS);
  counter.add(1, 100_000, 100_000);
  counter.add(7, 10, 10);
  counter.add(7, 100_000 - WINDOW_MS - 2 * BUCKET_MS, 100_000 - WINDOW_MS - 2 * BUCKET_MS);
  assert.equal(counter.sum(100_000), 1);
});

test('a window of another length keeps what both reach', () => {
  const counter = new WindowCounter(WINDOW_MS);
  counter.add(4, 1_000, 1_000);
  counter.add(2, 6_500, 6_500);
  assert.ok(Math.abs(counter.resized(60_000).sum(6_700) - 6) < 1e-6);
  assert.ok(Math.abs(counter.resized(1_000).sum(6_700) - 2) < 1e-6);
});

test('a window that never counted anything can be resized', () => {
  const resized = new WindowCounter(WINDOW_MS).resized(1_000);
  assert.equal(resized.sum(0), 0);
  resized.add(3, 10, 10);
  assert.equal(resized.sum(10), 3);
});
