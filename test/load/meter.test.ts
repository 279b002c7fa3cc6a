import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SourceCount } from '../../src/load/batch.js';
import { Meter } from '../../src/load/meter.js';

const HOST = 'page.example.com';
const TTL = 30_000;

function one(meter: Meter, now: number): SourceCount {
  const { sources } = meter.flush(now);
  assert.equal(sources.length, 1);
  return sources[0] as SourceCount;
}

test('the first query of a source has no exposure, and later ones the time without a valid answer', () => {
  const meter = new Meter(0);
  meter.observe(HOST, '192.0.2.1', 'A', TTL, 1_000);
  assert.deepEqual(one(meter, 2_000), {
    host: HOST,
    source: '192.0.2.1',
    type: 'A',
    queries: 1,
    exposure: 0,
    lastQuery: 1_000,
    validUntil: 31_000,
  });
  meter.observe(HOST, '192.0.2.1', 'A', TTL, 36_000);
  const { queries, exposure, validUntil } = one(meter, 40_000);
  assert.deepEqual({ queries, exposure, validUntil }, { queries: 1, exposure: 5_000, validUntil: 66_000 });
});

test('a query within the validity of the last answer counts, but exposes nothing', () => {
  const meter = new Meter(0);
  meter.observe(HOST, 's', 'A', TTL, 0);
  meter.observe(HOST, 's', 'A', TTL, 10_000);
  const { queries, exposure, validUntil } = one(meter, 10_000);
  assert.deepEqual({ queries, exposure, validUntil }, { queries: 2, exposure: 0, validUntil: 40_000 });
});

test('the TTL that counts is the one that was handed out, not the one of today', () => {
  const meter = new Meter(0);
  meter.observe(HOST, 's', 'A', 5_000, 0);
  meter.observe(HOST, 's', 'A', 60_000, 20_000);
  assert.equal(one(meter, 20_000).exposure, 15_000);
});

test('hosts, sources and types are told apart', () => {
  const meter = new Meter(0);
  for (const host of ['a', 'b']) {
    for (const source of ['1', '2']) {
      for (const type of ['A', 'AAAA', 'HTTPS'] as const) meter.observe(host, source, type, TTL, 0);
    }
  }
  const keys = meter.flush(1).sources.map(({ host, source, type }) => `${host} ${source} ${type}`);
  assert.equal(new Set(keys).size, 12);
});

test('batches follow each other without a gap, also when nothing was asked', () => {
  const meter = new Meter(5);
  assert.deepEqual(meter.flush(10), { from: 5, to: 10, sources: [], rest: [] });
  assert.deepEqual(meter.flush(25), { from: 10, to: 25, sources: [], rest: [] });
});

test('a retry with the same message id counts once, a new question does not go amiss', () => {
  const meter = new Meter(0);
  meter.observe(HOST, 's', 'A', TTL, 0, 7);
  meter.observe(HOST, 's', 'A', TTL, 1_000, 7);
  meter.observe(HOST, 's', 'A', TTL, 1_100, 8);
  meter.observe(HOST, 's', 'A', TTL, 5_000, 8);
  assert.equal(one(meter, 6_000).queries, 3);
});

test('a flood of sources fills the table and no more; what has no room is summed by host', () => {
  const meter = new Meter(0, { maxSources: 100 });
  for (let i = 0; i < 10_000; i += 1) meter.observe(i % 2 === 0 ? 'even' : 'odd', `s${i}`, 'A', TTL, i);
  assert.equal(meter.size, 100);
  const { sources, rest } = meter.flush(10_000);
  assert.equal(sources.length, 100);
  assert.deepEqual(rest, [
    { host: 'even', queries: 4_950 },
    { host: 'odd', queries: 4_950 },
  ]);
  assert.deepEqual(meter.flush(10_001).rest, []);
});

test('after a flood there is room again, and who asked all along is still known', () => {
  const meter = new Meter(0, { maxSources: 100 });
  meter.observe(HOST, 'steady', 'A', TTL, 0);
  for (let i = 0; i < 200; i += 1) meter.observe(HOST, `flood ${i}`, 'A', TTL, 1);
  for (let now = 31_000; now <= 300_000; now += 31_000) {
    meter.observe(HOST, 'steady', 'A', TTL, now);
    const [steady] = meter.flush(now).sources.filter(({ source }) => source === 'steady');
    assert.equal(steady?.exposure, 1_000, `at ${now}`);
  }
  assert.equal(meter.size, 1);
});

test('a source that has been silent for long is forgotten', () => {
  const meter = new Meter(0, { idleMs: 1_000 });
  meter.observe(HOST, 's', 'A', 0, 0);
  for (let now = 500; now <= 3_000; now += 500) meter.flush(now);
  assert.equal(meter.size, 0);
  meter.observe(HOST, 's', 'A', 0, 4_000);
  assert.equal(one(meter, 4_000).exposure, 0);
});

test('no query is lost or counted twice, and exposure is what an account of each source alone gives', () => {
  const event = fc.record({
    host: fc.constantFrom('a', 'b'),
    source: fc.constantFrom('1', '2', '3'),
    gap: fc.integer({ min: 0, max: 60_000 }),
    ttl: fc.integer({ min: 0, max: 60_000 }),
    flush: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const meter = new Meter(0, { idleMs: 1e12 });
      const account = new Map<string, { queries: number; exposure: number; validUntil: number }>();
      const seen = new Map<string, { queries: number; exposure: number }>();
      let now = 0;
      const collect = (): void => {
        for (const { host, source, queries, exposure } of meter.flush(now).sources) {
          const sum = seen.get(host + source) ?? { queries: 0, exposure: 0 };
          seen.set(host + source, { queries: sum.queries + queries, exposure: sum.exposure + exposure });
        }
      };
      for (const { host, source, gap, ttl, flush } of events) {
        now += gap;
        meter.observe(host, source, 'A', ttl, now);
        const known = account.get(host + source) ?? { queries: 0, exposure: 0, validUntil: now };
        account.set(host + source, {
          queries: known.queries + 1,
          exposure: known.exposure + Math.max(0, now - known.validUntil),
          validUntil: now + ttl,
        });
        if (flush) collect();
      }
      collect();
      assert.deepEqual(
        [...seen].sort(),
        [...account].map(([key, { queries, exposure }]) => [key, { queries, exposure }]).sort(),
      );
    }),
  );
});
