import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LatencyHistogram } from '../../../src/cli/demo/latency.js';

test('nothing measured is all zero', () => {
  assert.deepEqual(new LatencyHistogram().percentiles(), { count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});

test('percentiles are right to within the width of a bucket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1 }),
      (durations) => {
        const histogram = new LatencyHistogram();
        for (const duration of durations) histogram.record(duration);
        const sorted = [...durations].sort((a, b) => a - b);
        const { count, max, ...measured } = histogram.percentiles();
        assert.equal(count, durations.length);
        assert.equal(max, sorted.at(-1));
        for (const [name, share] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          assert.ok(
            measured[name] >= exact * 0.999 && measured[name] <= exact * 1.06,
            `${name} ${measured[name]} ${exact}`,
          );
        }
      },
    ),
  );
});
