import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Statistics } from '../../../src/server/dns/statistics.js';

test('a fresh count has no sets but its drop reasons, all zero', () => {
  const { requests, responses, dropped, duration } = new Statistics().snapshot();
  assert.deepEqual([requests, responses], [[], []]);
  assert.deepEqual(
    dropped.map(({ count }) => count),
    [0, 0, 0, 0],
  );
  assert.equal(duration.count, 0);
});

test('types beyond those that are counted are summed as other', () => {
  const statistics = new Statistics();
  for (const type of [1, 28, 65, 257, 255]) statistics.countRequest(true, false, type);
  for (const type of [-1, 0, 33, 511, 512, 65_535]) statistics.countRequest(false, true, type);
  const counts = statistics.snapshot().requests.map((r) => `${r.proto} ${r.family} ${r.qtype} ${r.count}`);
  assert.deepEqual(counts.sort(), [
    'tcp ipv4 other 6',
    'udp ipv6 A 1',
    'udp ipv6 AAAA 1',
    'udp ipv6 ANY 1',
    'udp ipv6 CAA 1',
    'udp ipv6 HTTPS 1',
  ]);
});

test('responses are counted by RCODE and source, truncated ones beside that', () => {
  const statistics = new Statistics();
  statistics.countResponse(0, 'replicas', false);
  statistics.countResponse(0, 'replicas', true);
  statistics.countResponse(16, 'none', false);
  const { responses, truncated } = statistics.snapshot();
  assert.deepEqual(responses, [
    { rcode: 'NOERROR', source: 'replicas', count: 2 },
    { rcode: 'BADVERS', source: 'none', count: 1 },
  ]);
  assert.equal(truncated, 1);
});

test('durations are in cumulative buckets of seconds, and those above the last bound in the count alone', () => {
  const statistics = new Statistics();
  for (const milliseconds of [0.005, 0.01, 0.3, 5_000]) statistics.countDuration(milliseconds);
  const { upperBounds, counts, count, sum } = statistics.snapshot().duration;
  assert.equal(counts[upperBounds.indexOf(10e-6)], 2);
  assert.equal(counts[upperBounds.indexOf(250e-6)], 2);
  assert.equal(counts[upperBounds.indexOf(500e-6)], 3);
  assert.equal(counts.at(-1), 3);
  assert.equal(count, 4);
  assert.ok(Math.abs(sum - 5.000315) < 1e-9);
});
