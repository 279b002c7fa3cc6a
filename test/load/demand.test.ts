import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PageLoad, Rate } from '../../src/load/load.js';
import { LoadBook } from '../../src/load/load-book.js';
import { batchesOf, type CacheModel, queriesOf } from '../helpers/cache-model.js';

const SETTINGS = { stableWindow: 60_000, panicWindow: 6_000, ignores: () => false };
const HOST = 'page.example';

interface Ratios {
  /** Estimate over truth. */
  readonly stable: number;
  readonly panic: number;
  readonly raw: number;
}

/** Acts the model out, and calls back after every batch. */
function observe(model: CacheModel, each: (second: number, book: LoadBook, now: number) => void): void {
  const book = new LoadBook({ settingsFor: () => SETTINGS });
  for (const batch of batchesOf(queriesOf(model), 100, model.seconds * 1_000)) {
    book.addQueries(batch);
    each(Math.round(batch.to / 100) / 10, book, batch.to);
  }
}

/** Means over the model's last half, asked every 5 s. */
function ratios(model: CacheModel & { readonly demand: number }): Ratios {
  const loads: PageLoad[] = [];
  observe(model, (second, book, now) => {
    if (second > model.seconds / 2 && second % 5 === 0) loads.push(book.load(HOST, now));
  });
  const mean = (rate: (load: PageLoad) => number) =>
    loads.reduce((sum, load) => sum + rate(load), 0) / loads.length / model.demand;
  return {
    stable: mean(({ demand }) => known(demand).stable),
    panic: mean(({ demand }) => known(demand).panic),
    raw: mean(({ queryRate }) => known(queryRate).stable),
  };
}

function known(rate: Rate | null): Rate {
  assert.ok(rate !== null);
  return rate;
}

function within(ratio: number, low: number, high: number, what: string): void {
  assert.ok(ratio > low && ratio < high, `${what}: estimate / truth = ${ratio}`);
}

for (const ttl of [5, 30, 60]) {
  for (const demand of [1, 10, 100, 500]) {
    test(`${demand} visits/s behind 200 caches at TTL ${ttl} are estimated within 30 %`, () => {
      const { stable, panic, raw } = ratios({ seed: 7, caches: 200, demand, ttl, seconds: 600 });
      within(stable, 0.7, 1.3, 'stable');
      within(panic, 0.7, 1.3, 'panic');
      if (ttl === 30 && demand >= 100) assert.ok(raw < 0.1, `the raw rate is off by ${1 / raw} times`);
    });
  }
}

test('resolvers that expire at whole seconds hide how hot they are, but not that they are', () => {
  const model = { seed: 7, caches: 200, ttl: 30, seconds: 600, wholeSeconds: true };
  within(ratios({ ...model, demand: 50 }).stable, 0.7, 1.4, 'at 50/s');
  assert.ok(ratios({ ...model, demand: 1_000 }).stable > 0.3);
});

test('resolvers that prefetch are estimated within 50 %', () => {
  const { stable } = ratios({ seed: 7, caches: 200, demand: 50, ttl: 30, seconds: 600, prefetch: 1 });
  within(stable, 0.7, 1.5, 'stable');
});

test('three caches behind each address are told from one, and from none', () => {
  const { stable, raw } = ratios({ seed: 7, caches: 200, demand: 50, ttl: 30, seconds: 600, pool: 3 });
  within(stable, 0.5, 1.4, 'stable');
  assert.ok(raw < 0.3);
});

test('resolvers that keep answers longer than the TTL are never estimated below what they ask', () => {
  const { stable, raw } = ratios({ seed: 7, caches: 50, demand: 20, ttl: 5, seconds: 600, ttlFloor: 60 });
  assert.ok(stable >= raw * 0.95 && stable < 1, `${stable}, raw ${raw}`);
});

test('A and AAAA together are estimated as A alone', () => {
  const model = { seed: 7, caches: 100, demand: 20, ttl: 30, seconds: 400 };
  const both = ratios({ ...model, types: ['A', 'AAAA'] });
  const one = ratios(model);
  assert.ok(Math.abs(both.stable - one.stable) < 1e-9);
  assert.ok(Math.abs(both.raw - 2 * one.raw) < 1e-9);
});

test('a TTL that the name server changes moves the raw rate, and hardly the estimate', () => {
  const stable: number[] = [];
  const raw: number[] = [];
  const model = {
    seed: 7,
    caches: 200,
    demand: 50,
    seconds: 1_500,
    ttl: (second: number) => (second < 600 ? 60 : second < 1_000 ? 5 : 60),
  };
  observe(model, (second, book, now) => {
    if (second < 300 || second % 5 !== 0) return;
    const load = book.load(HOST, now);
    stable.push(known(load.demand).stable);
    raw.push(known(load.queryRate).stable);
  });
  const spread = (values: readonly number[]) => Math.max(...values) / Math.min(...values);
  assert.ok(spread(raw) > 5, `raw moves by ${spread(raw)}`);
  assert.ok(spread(stable) < 1.8, `the estimate moves by ${spread(stable)}`);
});

test('a flash crowd on a cold page shows within 250 ms, and stands until its caches ask again', () => {
  const panic = new Map<number, number>();
  const model = {
    seed: 7,
    caches: 200,
    seconds: 160,
    ttl: 30,
    demand: (s: number) => (s < 100 ? 0.05 : 500),
  };
  observe(model, (second, book, now) => {
    panic.set(second, known(book.load(HOST, now).demand).panic);
  });
  assert.ok((panic.get(99.9) ?? 0) < 2);
  for (const [second, rate] of panic)
    if (second >= 100.2 && second <= 129) assert.ok(rate > 50 && rate < 700, `${rate}/s at ${second}`);
  for (const [second, rate] of panic)
    if (second >= 135) assert.ok(rate > 125 && rate < 800, `${rate}/s at ${second}`);
});

test('a surge through warm caches shows as soon as some of them ask again', () => {
  const loads = new Map<number, Rate>();
  const model = { seed: 7, caches: 200, seconds: 500, ttl: 30, demand: (s: number) => (s < 300 ? 10 : 100) };
  observe(model, (second, book, now) => {
    if (second > 295 && (second < 320 || second % 10 === 0))
      loads.set(second, known(book.load(HOST, now).demand));
  });
  const before = loads.get(299.9)?.panic ?? 0;
  assert.ok((loads.get(303)?.panic ?? 0) > before * 2, `${before} to ${loads.get(303)?.panic}`);
  within((loads.get(420)?.stable ?? 0) / 100, 0.5, 1.3, 'two minutes later');
});

test('when the visitors leave, the estimate follows', () => {
  const loads = new Map<number, Rate>();
  const model = { seed: 7, caches: 200, seconds: 500, ttl: 30, demand: (s: number) => (s < 300 ? 100 : 0) };
  observe(model, (second, book, now) => {
    if (second % 10 === 0 && second >= 300) loads.set(second, known(book.load(HOST, now).demand));
  });
  assert.ok((loads.get(310)?.panic ?? 100) < 20);
  assert.ok((loads.get(360)?.stable ?? 100) < 5);
});
