import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseAddresses, compilePage, type PageRecords } from '../../src/dns/page-records.js';
import type { Problem } from '../../src/problem.js';
import { pageOf } from './ask.js';

/** A small generator of its own (mulberry32), so that the shares below are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function compile(weights: readonly number[], maxAddresses: number): PageRecords {
  const problems: Problem[] = [];
  const addresses = weights.map((weight, i) => ({ address: `10.0.0.${i}`, weight }));
  const compiled = compilePage(pageOf({ addresses, maxAddresses }), new Set(), problems);
  assert.deepEqual(problems, []);
  assert.ok(compiled !== null);
  return compiled;
}

function choose(page: PageRecords, size: number, random: () => number): readonly number[] {
  assert.ok(page.a !== null);
  chooseAddresses(page.a, size, random);
  return [...page.a.order.subarray(0, size)];
}

test('every choice is without repetition, and the rest is not lost', () => {
  const weights = fc.array(fc.double({ min: 0.001, max: 1_000, noNaN: true }), {
    minLength: 1,
    maxLength: 40,
  });
  const chance = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(weights, fc.nat(40), chance, (given, wanted, draws) => {
      const page = compile(given, 40);
      let next = 0;
      const random = (): number => draws[next++ % draws.length] ?? 0;
      for (let round = 0; round < 3; round += 1) {
        const size = Math.min(wanted, given.length);
        assert.equal(new Set(choose(page, size, random)).size, size);
        assert.deepEqual(
          [...(page.a?.order ?? [])].sort((a, b) => a - b),
          [...given.keys()],
        );
      }
    }),
  );
});

test('equal weights: every address has the same share of every place', () => {
  const page = compile(Array(10).fill(1), 4);
  const random = seeded(1);
  const rounds = 20_000;
  const first = new Array(10).fill(0);
  const anywhere = new Array(10).fill(0);
  for (let i = 0; i < rounds; i += 1) {
    const chosen = choose(page, 4, random);
    first[chosen[0] ?? 0] += 1;
    for (const index of chosen) anywhere[index] += 1;
  }
  for (const count of first) assert.ok(Math.abs(count / rounds - 0.1) < 0.01, `${count}`);
  for (const count of anywhere) assert.ok(Math.abs(count / rounds - 0.4) < 0.02, `${count}`);
});

test('every order of a whole answer is as likely as every other', () => {
  for (const [count, permutations] of [
    [2, 2],
    [3, 6],
  ] as const) {
    const page = compile(Array(count).fill(1), 8);
    const random = seeded(3);
    const orders = new Map<string, number>();
    const rounds = 12_000;
    for (let i = 0; i < rounds; i += 1) {
      const order = choose(page, count, random).join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    assert.equal(orders.size, permutations);
    for (const times of orders.values())
      assert.ok(Math.abs(times / rounds - 1 / permutations) < 0.02, `${times}`);
  }
});

test('an address of three times the weight is three times as often in the first place', () => {
  const page = compile([3, 1, 1, 1], 2);
  const random = seeded(2);
  const rounds = 20_000;
  let heavyFirst = 0;
  let heavyIn = 0;
  for (let i = 0; i < rounds; i += 1) {
    const chosen = choose(page, 2, random);
    if (chosen[0] === 0) heavyFirst += 1;
    if (chosen.includes(0)) heavyIn += 1;
  }
  assert.ok(Math.abs(heavyFirst / rounds - 0.5) < 0.02, `${heavyFirst}`);
  // 1/2 in the first draw, else 3/5 in the second.
  assert.ok(Math.abs(heavyIn / rounds - 0.8) < 0.02, `${heavyIn}`);
});

test('families are told apart, and origin and replicas are', () => {
  const problems: Problem[] = [];
  const addresses = [
    { address: '192.0.2.1', weight: 1 },
    { address: '2001:DB8::1', weight: 1 },
    { address: '2001:db8::2', weight: 1 },
  ];
  const origin = new Set(['192.0.2.1']);
  const mixed = compilePage(pageOf({ addresses }), origin, problems);
  assert.equal(mixed?.a?.count, 1);
  assert.equal(mixed?.aaaa?.count, 2);
  assert.equal(mixed?.source, 'replicas');
  assert.equal(compilePage(pageOf({ addresses: addresses.slice(0, 1) }), origin, problems)?.source, 'origin');
  assert.deepEqual(problems, []);
});
