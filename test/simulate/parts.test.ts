import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BootQueue } from '../../src/simulate/boots.js';
import { Caches } from '../../src/simulate/caches.js';
import { type Goal, ideal, isShort } from '../../src/simulate/goal.js';
import { PageTally } from '../../src/simulate/page-tally.js';
import { poisson, seededRandom } from '../../src/simulate/random.js';
import { SEEN_DELAY_S, SeenDemand } from '../../src/simulate/seen-demand.js';
import { Series } from '../../src/simulate/series.js';
import type { System } from '../../src/simulate/system.js';
import { type CacheKind, PLAIN_CACHE } from '../../src/simulate/workload.js';

const STANDING = { serving: 1, alive: 1, desired: 1, changes: 0, hourlyCost: 0 };

/** When a cache of this kind asks, of visits that come every second. */
function asks(kind: Partial<CacheKind>, seconds: number): readonly number[] {
  const times: number[] = [];
  const system: System = {
    ask: (_page, _source, at) => {
      times.push(at / 1_000);
      return { ttlMs: 30_000, addresses: ['192.0.2.1'] };
    },
    serverAt: () => null,
    step: () => undefined,
    standing: () => STANDING,
  };
  const caches = new Caches([{ ...PLAIN_CACHE, source: '198.18.0.1', ...kind }], 1);
  for (let second = 0; second < seconds; second += 1) caches.lookUp(system, 0, 0, second * 1_000);
  assert.equal(caches.queries[0], times.length);
  return times;
}

test('a cache asks when its answer has run out; one that prefetches, in the last tenth', () => {
  assert.deepEqual(asks({}, 100), [0, 30, 60, 90]);
  assert.deepEqual(asks({ prefetches: true }, 100), [0, 27, 54, 81]);
});

test('a cache with limits of its own keeps to them, and a client without one asks each time', () => {
  assert.deepEqual(asks({ floorMs: 50_000 }, 120), [0, 50, 100]);
  assert.deepEqual(asks({ capMs: 10_000 }, 35), [0, 10, 20, 30]);
  assert.equal(asks({ caches: false }, 35).length, 35);
});

test('no more boot at a time than their driver can, and the others come in their turn', () => {
  const slow = { ms: 1_000, atOnce: 2 };
  const quick = { ms: 100, atOnce: 1 };
  const queue = new BootQueue({ process: quick, qemu: slow, xl: slow, ec2: slow });
  for (const id of ['a', 'b', 'c']) queue.add(id, 'qemu');
  queue.add('p', 'process');
  assert.deepEqual(queue.begin(0), ['a', 'b', 'p']);
  assert.equal(queue.isReady('p', 99), false);
  assert.equal(queue.isReady('p', 100), true);
  assert.deepEqual(queue.begin(500), []);
  queue.remove('a');
  assert.deepEqual(queue.begin(600), ['c']);
  assert.equal(queue.isReady('c', 1_599), false);
  assert.equal(queue.isReady('c', 1_600), true);
});

test('too few and too many are told from the target, and within the tolerance there is neither', () => {
  const goal: Goal = { target: 20, activation: 10, tolerance: 0.1 };
  assert.deepEqual(
    [isShort(10.9, 0, goal), isShort(11.1, 0, goal), isShort(43, 2, goal), isShort(45, 2, goal)],
    [false, true, false, true],
  );
  assert.deepEqual([ideal(9, goal), ideal(10, goal), ideal(41, goal)], [0, 1, 3]);
  assert.equal(ideal(0, { ...goal, floor: 1 }), 1);
});

test('a tally knows how long a page was short, how soon that was answered, and who was overloaded', () => {
  const tally = new PageTally({ target: 10, activation: 5, tolerance: 0.1 }, 60_000);
  for (let at = 0; at < 20_000; at += 100) tally.watch(at, 25, at < 2_500 ? 1 : 3);
  for (let second = 0; second < 20; second += 1) {
    const serving = second < 3 ? 1 : 3;
    tally.second(second * 1_000, 25, { ...STANDING, serving, alive: 4, hourlyCost: 3_600, changes: 1 });
  }
  const [busy, calm] = [
    { page: 0, visits: 0 },
    { page: 0, visits: 0 },
  ];
  for (let visit = 0; visit < 150; visit += 1) tally.visit(busy);
  for (let visit = 0; visit < 90; visit += 1) tally.visit(calm);
  tally.visit(null);
  tally.slot();
  tally.second(20_000, null, STANDING);
  const figures = tally.figures({ path: '/', host: 'h', policy: 'p', queries: 7 });
  assert.equal(figures.shortSeconds, 3);
  assert.deepEqual(figures.reactions, [2.5]);
  assert.equal(figures.seconds, 20);
  assert.equal(figures.excessSeconds, 20);
  assert.equal(figures.cost, 20);
  assert.deepEqual([figures.visits, figures.overloadedVisits, figures.lostVisits], [241, 150, 1]);
});

test('demand that is only seen is the mean around a moment, and comes so much later', () => {
  const seen = new SeenDemand();
  const told: number[] = [];
  for (let second = 0; second < 100; second += 1) {
    for (let visit = 0; visit < (second < 50 ? 4 : 0); visit += 1) seen.visit();
    told.push(seen.endSecond());
  }
  assert.equal(told[49], 4);
  assert.equal(told[49 + SEEN_DELAY_S], 2);
  assert.equal(told[99], 0);
});

test('a series of a week has the peak of a second in it, and a mean demand', () => {
  const week = 604_800;
  const series = new Series(week * 1_000);
  for (let second = 0; second < week; second += 1) {
    const alive = second === 300_000 ? 9 : 1;
    series.add(second * 1_000, { demand: 3, serving: 1, alive, desired: 1 });
  }
  const points = series.points();
  assert.ok(points.length <= 1_200, `${points.length} points`);
  assert.equal(points.filter(({ alive }) => alive === 9).length, 1);
  assert.ok(points.every(({ demand }) => Math.abs(demand - 3) < 1e-9));
});

test('counts of a Poisson process have its mean and its variance, small and large', () => {
  for (const mean of [0.3, 5, 40, 200]) {
    const random = seededRandom(7);
    const counts = Array.from({ length: 20_000 }, () => poisson(mean, random));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
    assert.ok(Math.abs(average / mean - 1) < 0.05, `mean ${average} of ${mean}`);
    assert.ok(Math.abs(variance / mean - 1) < 0.08, `variance ${variance} of ${mean}`);
  }
});
