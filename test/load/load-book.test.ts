import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QueryBatch, SourceCount } from '../../src/load/batch.js';
import type { LoadSettings, Rate } from '../../src/load/load.js';
import { LoadBook, type LoadBookOptions } from '../../src/load/load-book.js';

const HOST = 'page.example';
const SETTINGS: LoadSettings = {
  stableWindow: 60_000,
  panicWindow: 6_000,
  ignores: (source) => source.startsWith('203.0.113.'),
};

function bookOf(options: Partial<LoadBookOptions> = {}): LoadBook {
  return new LoadBook({ settingsFor: () => SETTINGS, ...options });
}

function count(at: number, over: Partial<SourceCount> = {}): SourceCount {
  const ttl = 30_000;
  return {
    host: HOST,
    source: '192.0.2.1',
    type: 'A',
    queries: 1,
    exposure: 0,
    lastQuery: at,
    validUntil: at + ttl,
    ...over,
  };
}

function batch(from: number, to: number, sources: readonly SourceCount[] = []): QueryBatch {
  return { from, to, sources, rest: [] };
}

/** Batches of 100 ms from `from` to `to`; `sourcesAt` gets the end of each. */
function feed(
  book: LoadBook,
  from: number,
  to: number,
  sourcesAt: (now: number) => readonly SourceCount[] = () => [],
): void {
  for (let at = from; at < to; at += 100) book.addQueries(batch(at, at + 100, sourcesAt(at + 100)));
}

function known(rate: Rate | null): Rate {
  assert.ok(rate !== null);
  return rate;
}

function near(actual: number, expected: number, share = 0.05): void {
  assert.ok(Math.abs(actual - expected) <= expected * share, `${actual}, not ${expected}`);
}

test('before any batch nothing is known, which is not zero', () => {
  assert.deepEqual(bookOf().load(HOST, 1_000), {
    demand: null,
    queryRate: null,
    requestRate: null,
    uniqueClients: null,
  });
});

test('empty batches make silence known as zero, and only while they come', () => {
  const book = bookOf();
  feed(book, 0, 10_000);
  assert.equal(known(book.load(HOST, 10_000).demand).stable, 0);
  assert.equal(book.load(HOST, 10_000).uniqueClients, 0);
  assert.notEqual(book.load(HOST, 12_000).demand, null);
  assert.equal(book.load(HOST, 12_001).demand, null);
  assert.equal(book.load(HOST, 12_001).queryRate, null);
  assert.equal(book.load(HOST, 12_001).uniqueClients, null);
});

test('a clock that does not agree with that of the batches is no data', () => {
  const book = bookOf();
  feed(book, 1_000_000, 1_001_000, (now) => [count(now)]);
  assert.equal(book.load(HOST, 500_000).demand, null);
});

test('a batch that runs backwards counts nothing', () => {
  const book = bookOf();
  feed(book, 0, 10_000);
  book.addQueries(batch(10_000, 9_000, [count(9_500, { queries: 1_000 })]));
  assert.equal(known(book.load(HOST, 10_000).queryRate).panic, 0);
});

test('a rate is not diluted over time before the start', () => {
  const book = bookOf();
  feed(book, 50_000, 53_000, (now) => [count(now, { validUntil: now })]);
  const { queryRate } = book.load(HOST, 53_000);
  near(known(queryRate).stable, 10);
  near(known(queryRate).panic, 10);
});

test('right after a start one query is one a second, not ten', () => {
  const book = bookOf();
  book.addQueries(batch(0, 100, [count(50)]));
  assert.equal(known(book.load(HOST, 100).queryRate).stable, 1);
});

test('a gap in the batches does not lower a rate, and its silence is no exposure', () => {
  const book = bookOf();
  const steady = (now: number) => (now % 1_000 === 0 ? [count(now, { validUntil: now + 500 })] : []);
  feed(book, 0, 40_000, steady);
  const before = book.load(HOST, 40_000);
  feed(book, 60_000, 80_000, steady);
  const after = book.load(HOST, 80_000);
  near(known(after.queryRate).stable, 1);
  near(known(after.demand).stable, known(before.demand).stable, 0.2);
});

test('a client that does not cache counts as its raw rate', () => {
  const book = bookOf();
  feed(book, 0, 120_000, (now) => [count(now)]);
  const { demand, queryRate, uniqueClients } = book.load(HOST, 120_000);
  near(known(queryRate).stable, 10);
  near(known(demand).stable, 10);
  near(known(demand).panic, 10);
  assert.equal(uniqueClients, 1);
});

test('A, AAAA and HTTPS of one visit are one demand', () => {
  const demandOf = (types: readonly SourceCount['type'][]) => {
    const book = bookOf();
    feed(book, 0, 200_000, (now) => (now % 31_000 === 0 ? types.map((type) => count(now, { type })) : []));
    return known(book.load(HOST, 200_000).demand);
  };
  const one = demandOf(['A']);
  const three = demandOf(['A', 'AAAA', 'HTTPS']);
  assert.ok(one.stable > 0.5);
  assert.deepEqual(three, one);
});

test('a crawler that is to be ignored counts nowhere, whatever it asks', () => {
  const book = bookOf();
  feed(book, 0, 10_000, (now) => [
    count(now, { source: '203.0.113.9', queries: 50 }),
    ...(now % 1_000 === 0 ? [count(now, { validUntil: now })] : []),
  ]);
  const { demand, queryRate, uniqueClients } = book.load(HOST, 10_000);
  near(known(queryRate).stable, 1);
  near(known(demand).stable, 1);
  assert.ok(known(demand).panic < 2);
  assert.equal(uniqueClients, 1);
});

test('a source that a new policy ignores stops counting in the estimate at once', () => {
  let settings = SETTINGS;
  const book = bookOf({ settingsFor: () => settings });
  feed(book, 0, 60_000, (now) => (now % 5_000 === 0 ? [count(now, { validUntil: now + 4_900 })] : []));
  assert.ok(known(book.load(HOST, 60_000).demand).stable > 1);
  settings = { ...SETTINGS, panicWindow: 3_000, ignores: () => true };
  const { demand, uniqueClients } = book.load(HOST, 60_000);
  assert.ok(known(demand).stable <= 0.21, `${demand?.stable}`);
  assert.equal(uniqueClients, 0);
});

test('a crowd through resolvers that ask for the first time is seen within 200 ms', () => {
  const book = bookOf();
  feed(book, 0, 60_000);
  for (let step = 0; step < 2; step += 1) {
    const from = 60_000 + step * 100;
    const sources = Array.from({ length: 30 }, (_, index) =>
      count(from + 50, { source: `198.51.100.${step * 30 + index}` }),
    );
    book.addQueries(batch(from, from + 100, sources));
  }
  assert.deepEqual([...book.takeChanged()], [HOST]);
  assert.ok(book.heat(HOST, 60_200) > 150, `${book.heat(HOST, 60_200)}`);
  const { demand, queryRate } = book.load(HOST, 60_200);
  assert.ok(known(demand).panic > 150);
  assert.equal(known(demand).lowerBound, true);
  assert.ok(known(queryRate).panic <= 10);
  // Their caches cannot ask again before the TTL is over: until then the bound stands.
  feed(book, 60_200, 89_000);
  assert.ok(known(book.load(HOST, 89_000).demand).panic > 150);
  feed(book, 89_000, 120_000);
  assert.ok(known(book.load(HOST, 120_000).demand).panic < 5);
  assert.equal(book.heat(HOST, 130_000), 0);
});

test('a few queries close together are no crowd', () => {
  const book = bookOf();
  feed(book, 0, 60_000);
  const sources = [1, 2, 3].map((index) => count(60_050, { source: `198.51.100.${index}` }));
  book.addQueries(batch(60_000, 60_100, sources));
  assert.ok(known(book.load(HOST, 60_100).demand).panic < 1);
});

test('a flood of sources grows no memory, is counted in sum, and does not push out resolvers that matter', () => {
  const book = bookOf({ maxSources: 500, maxSourcesPerPage: 200 });
  let flood = 0;
  feed(book, 0, 300_000, (now) => {
    const resolver = now % 10_000 === 0 ? [count(now, { validUntil: now + 9_900, queries: 1 })] : [];
    const random = Array.from({ length: now > 100_000 ? 20 : 0 }, () => {
      flood += 1;
      return count(now, { source: `10.${(flood >> 16) & 255}.${(flood >> 8) & 255}.${flood & 255}` });
    });
    return [...resolver, ...random];
  });
  assert.ok(book.sources <= 200, `${book.sources} sources`);
  const { demand, queryRate } = book.load(HOST, 300_000);
  near(known(queryRate).stable, 200.1);
  assert.ok(known(demand).stable >= 200);
  assert.equal(known(demand).lowerBound, true);
});

test('a crawler that finds no room in the table is ignored all the same', () => {
  const book = bookOf({ maxSourcesPerPage: 1 });
  feed(book, 0, 10_000, (now) => [count(now, { queries: 2 }), count(now, { source: '203.0.113.9' })]);
  near(known(book.load(HOST, 10_000).queryRate).stable, 20);
});

test('all pages together share one bound', () => {
  const book = bookOf({ maxSources: 100 });
  feed(book, 0, 10_000, (now) =>
    Array.from({ length: 10 }, (_, index) =>
      count(now, { host: `p${now % 7}.example`, source: `10.0.${index}.${(now / 100) % 256}` }),
    ),
  );
  assert.equal(book.sources, 100);
});

test('queries that the name server counted in sum make the demand a lower bound', () => {
  const book = bookOf();
  feed(book, 0, 5_000);
  book.addQueries({ from: 5_000, to: 5_100, sources: [], rest: [{ host: HOST, queries: 500 }] });
  const { demand, queryRate } = book.load(HOST, 5_100);
  near(known(queryRate).stable, 500 / 5.1);
  assert.ok(known(demand).panic >= 500 / 5.1);
  assert.equal(known(demand).lowerBound, true);
});

test('silent pages and sources are forgotten', () => {
  const book = bookOf();
  feed(book, 0, 1_000, (now) => [count(now), count(now, { host: 'other.example' })]);
  assert.deepEqual([...book.hosts()].sort(), ['other.example', HOST]);
  book.prune(30_000);
  assert.equal(book.sources, 2);
  book.prune(1_000_000);
  assert.equal(book.sources, 0);
  assert.deepEqual([...book.hosts()], []);
});

test('changed pages are told once', () => {
  const book = bookOf();
  book.addQueries(batch(0, 100, [count(50)]));
  assert.deepEqual([...book.takeChanged()], [HOST]);
  assert.deepEqual([...book.takeChanged()], []);
});

test('requests of all servers add up, over the time for which the origin told its counts', () => {
  const book = bookOf();
  for (let at = 0; at < 10_000; at += 1_000) {
    book.addRequests([
      { host: HOST, server: 'origin', from: at, to: at + 1_000, requests: 30 },
      { host: HOST, server: 'r1', from: at, to: at + 1_000, requests: 20 },
    ]);
  }
  const rate = known(book.load(HOST, 10_000, ['r1']).requestRate);
  near(rate.stable, 50);
  near(rate.panic, 50);
  assert.equal(rate.lowerBound, false);
  assert.equal(book.load(HOST, 10_000).demand, null);
});

test('without counts of the origin the request rate is unknown, without those of a replica a lower bound', () => {
  const book = bookOf();
  book.addRequests([{ host: HOST, server: 'r1', from: 0, to: 1_000, requests: 20 }]);
  assert.equal(book.load(HOST, 1_000).requestRate, null);
  book.addReport('origin', 0, 1_000);
  assert.equal(known(book.load(HOST, 1_000, ['r1']).requestRate).lowerBound, false);
  assert.equal(known(book.load(HOST, 1_000, ['r1', 'r2']).requestRate).lowerBound, true);
  assert.equal(known(book.load('quiet.example', 1_000).requestRate).stable, 0);
  assert.equal(book.load(HOST, 6_001).requestRate, null);
});

test('where the origin never tells its counts, those of the replicas are a lower bound', () => {
  const book = new LoadBook({ settingsFor: () => SETTINGS, originTells: false });
  for (let at = 0; at < 10_000; at += 100) book.addQueries({ from: at, to: at + 100, sources: [], rest: [] });
  assert.deepEqual(book.load(HOST, 10_000).requestRate, { stable: 0, panic: 0, lowerBound: true });
  assert.equal(book.load(HOST, 10_000, ['r1']).requestRate, null, 'a replica that tells nothing is not idle');
  book.addRequests([{ host: HOST, server: 'r1', from: 0, to: 10_000, requests: 50 }]);
  const rate = known(book.load(HOST, 10_000, ['r1', 'r2']).requestRate);
  assert.ok(Math.abs(rate.stable - 5) < 0.5, `${rate.stable}`);
  assert.equal(rate.lowerBound, true);
});

test('whatever comes, loads are finite, not negative, and at least what was seen', () => {
  const source = fc.record({
    source: fc.integer({ min: 0, max: 5 }).map((index) => `192.0.2.${index}`),
    type: fc.constantFrom('A' as const, 'AAAA' as const, 'HTTPS' as const),
    queries: fc.integer({ min: 0, max: 500 }),
    exposure: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(Number.NaN, -1, Infinity)),
    late: fc.oneof(fc.integer({ min: -300_000, max: 300_000 }), fc.constantFrom(Number.NaN, Infinity)),
    ttl: fc.oneof(fc.integer({ min: -10, max: 600_000 }), fc.constantFrom(Number.NaN, Infinity)),
  });
  const step = fc.record({
    gap: fc.integer({ min: -200, max: 20_000 }),
    length: fc.integer({ min: -50, max: 1_000 }),
    sources: fc.array(source, { maxLength: 6 }),
    rest: fc.integer({ min: -1, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const book = bookOf({ maxSourcesPerPage: 4 });
      let now = 1_000;
      for (const { gap, length, sources, rest } of steps) {
        const from = now + gap;
        const to = from + length;
        book.addQueries({
          from,
          to,
          sources: sources.map(({ late, ttl, ...rest }) => ({
            ...rest,
            host: HOST,
            lastQuery: to + late,
            validUntil: to + late + ttl,
          })),
          rest: [{ host: HOST, queries: rest }],
        });
        now = Math.max(now, to);
        const { demand, queryRate, uniqueClients } = book.load(HOST, now);
        for (const rate of [demand, queryRate]) {
          if (rate === null) continue;
          assert.ok(Number.isFinite(rate.stable) && rate.stable >= 0, `stable ${rate.stable}`);
          assert.ok(Number.isFinite(rate.panic) && rate.panic >= 0, `panic ${rate.panic}`);
        }
        assert.ok(uniqueClients === null || (uniqueClients >= 0 && uniqueClients <= 4));
      }
    }),
  );
});
