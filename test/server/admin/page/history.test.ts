import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HISTORY_MS,
  heats,
  joined,
  type Point,
  withPoint,
} from '../../../../src/server/admin/page/history.js';
import { staticSource } from '../../../helpers/admin-source.js';

const [cold, hot] = staticSource().pages();
assert.ok(cold && hot);

function point(at: number, demand: number | null = 1): Point {
  return { at, demand, queryRate: null, requestRate: null, desired: 0, serving: 0 };
}

test('what is the case is added once in a while, and what is too old falls out', () => {
  const first = withPoint([], hot, 1_000_000);
  assert.equal(first[0]?.demand, hot.demand);
  assert.equal(withPoint(first, cold, 1_000_500), first);
  assert.equal(withPoint(first, cold, 1_002_000).length, 2);
  assert.deepEqual(
    withPoint(first, cold, 1_000_001 + HISTORY_MS).map(({ desired }) => desired),
    [cold.desired],
  );
});

test('what the daemon remembers comes before what was seen here, and nothing twice', () => {
  const seen = [point(100_000), point(102_000)];
  assert.deepEqual(
    joined([point(80_000), point(90_000), point(100_000), point(101_000)], seen).map(({ at }) => at),
    [80_000, 90_000, 100_000, 102_000],
  );
  assert.deepEqual(joined([point(1)], []), [point(1)]);
});

test('what was not measured is no zero', () => {
  assert.deepEqual(heats([point(1, null), point(2, 3)]), [
    { at: 1, value: null },
    { at: 2, value: 3 },
  ]);
});
