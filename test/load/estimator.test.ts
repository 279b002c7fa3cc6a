import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CacheEstimator } from '../../src/load/estimator.js';
import { exponential } from '../helpers/cache-model.js';
import { seededRandom } from '../helpers/random.js';

const SETTINGS = { stableWindow: 60_000, panicWindow: 6_000, ignores: () => false };

interface Run {
  readonly estimator: CacheEstimator;
  readonly now: number;
}

/** One cache with Poisson visits; `ttlOf` by number of the query. */
function run(seed: number, perSecond: number, queries: number, ttlOf: (query: number) => number): Run {
  const random = seededRandom(seed);
  let now = exponential(random, perSecond);
  let estimator: CacheEstimator | null = null;
  for (let query = 0; query < queries; query += 1) {
    const validUntil = now + ttlOf(query);
    const previous = estimator?.validUntil ?? now;
    const count = {
      host: 'page.example',
      source: '192.0.2.1',
      type: 'A' as const,
      queries: 1,
      exposure: Math.max(0, now - previous),
      lastQuery: now,
      validUntil,
    };
    if (estimator === null) estimator = new CacheEstimator(count);
    else estimator.observe(count, now - previous, SETTINGS);
    now = validUntil + exponential(random, perSecond);
  }
  if (estimator === null) throw new Error('no query');
  return { estimator, now: estimator.lastQuery };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

for (const ttl of [5_000, 30_000, 300_000]) {
  for (const perSecond of [0.05, 0.3, 1, 3, 10]) {
    test(`a cache with ${perSecond} visits/s and a TTL of ${ttl / 1_000} s is estimated within 25 %`, () => {
      const rates = SEEDS.map((seed) => {
        const { estimator, now } = run(seed, perSecond, 40, () => ttl);
        return estimator.rate(now, 0, SETTINGS);
      });
      const ratio = mean(rates) / perSecond;
      assert.ok(ratio > 0.75 && ratio < 1.25, `estimate / truth = ${ratio}`);
    });
  }
}

test('a TTL that changes between queries does not move the estimate', () => {
  const ttls = [30_000, 5_000, 300_000, 60_000];
  const rates = SEEDS.map((seed) => {
    const { estimator, now } = run(seed, 0.5, 60, (query) => ttls[Math.floor(query / 15)] ?? 30_000);
    return estimator.rate(now, 0, SETTINGS);
  });
  const ratio = mean(rates) / 0.5;
  assert.ok(ratio > 0.75 && ratio < 1.25, `estimate / truth = ${ratio}`);
});

test('silence after the expiry lowers the estimate, silence before it does not', () => {
  const { estimator } = run(3, 1, 30, () => 30_000);
  const { lastQuery, validUntil } = estimator;
  const held = estimator.rate(lastQuery, 0, SETTINGS);
  assert.ok(Math.abs(estimator.rate(validUntil - 1, 0, SETTINGS) - held) < held * 1e-9);
  let before = estimator.rate(validUntil + 1, 1, SETTINGS);
  for (let tail = 2_000; tail <= 600_000; tail *= 2) {
    const rate = estimator.rate(validUntil + tail, tail, SETTINGS);
    assert.ok(rate < before, `${rate} after ${tail} ms`);
    before = rate;
  }
  assert.ok(before < held / 20);
});

test('a cache that re-asks within the jitter of its expiry is saturated, a slower one is not', () => {
  assert.equal(run(1, 50, 20, () => 30_000).estimator.saturated(0), true);
  assert.equal(run(1, 0.2, 20, () => 30_000).estimator.saturated(0), false);
});

test('a probe that asks at regular intervals counts as what it asks', () => {
  let now = 0;
  const count = () => ({
    host: 'page.example',
    source: '192.0.2.1',
    type: 'A' as const,
    queries: 1,
    exposure: 0,
    lastQuery: now,
    validUntil: now + 5_000,
  });
  const estimator = new CacheEstimator(count());
  for (now = 60_000; now < 3_600_000; now += 60_000)
    estimator.observe(count(), now - estimator.validUntil, SETTINGS);
  const rate = estimator.rate(estimator.lastQuery, 0, SETTINGS);
  assert.ok(rate < 2 / 60, `${rate}`);
});

test('whatever comes, rates are finite and not negative', () => {
  const step = fc.record({
    queries: fc.integer({ min: 1, max: 1_000 }),
    wait: fc.integer({ min: -5_000, max: 1_000_000 }),
    ttl: fc.integer({ min: 0, max: 600_000 }),
    exposure: fc.integer({ min: 0, max: 1_000_000 }),
    watched: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 1e9 }),
      (steps, later) => {
        let now = 1_000;
        let estimator: CacheEstimator | null = null;
        for (const { queries, wait, ttl, exposure, watched } of steps) {
          now = Math.max(0, now + wait);
          const count = {
            host: 'page.example',
            source: '192.0.2.1',
            type: 'A' as const,
            queries,
            exposure,
            lastQuery: now,
            validUntil: now + ttl,
          };
          if (estimator === null) estimator = new CacheEstimator(count);
          else estimator.observe(count, Math.max(0, now - estimator.validUntil) * watched, SETTINGS);
          for (const [at, tail] of [
            [now, 0],
            [now + later, later],
          ] as const) {
            const rate = estimator.rate(at, tail, SETTINGS);
            assert.ok(Number.isFinite(rate) && rate >= 0, `rate ${rate}`);
          }
        }
      },
    ),
  );
});
