import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseIndex, shuffle, zipfShares } from '../../../src/cli/demo/zipf.js';
import { seededRandom } from '../../helpers/random.js';

test('shares add up to 1 and fall off as their rank says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (count, exponent) => {
        const shares = zipfShares(count, exponent);
        assert.equal(shares.length, count);
        assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
        for (const [index, share] of shares.entries())
          assert.ok(Math.abs(share * (index + 1) ** exponent - (shares[0] ?? 0)) < 1e-9);
      },
    ),
  );
});

test('an index is chosen as often as its share says', () => {
  const random = seededRandom(7);
  const shares = zipfShares(4);
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < 20_000; draw += 1) {
    const index = chooseIndex(shares, random);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  for (const [index, share] of shares.entries())
    assert.ok(Math.abs((counts[index] ?? 0) / 20_000 - share) < 0.02, `${index}: ${counts[index]}`);
});

test('the largest random number chooses the last index', () => {
  assert.equal(
    chooseIndex([0.1, 0.2, 0.7], () => 1 - Number.EPSILON / 2),
    2,
  );
  assert.equal(
    chooseIndex([0.1, 0.2, 0.7], () => 0),
    0,
  );
});

test('shuffled things are the same things, and each comes first about as often', () => {
  const random = seededRandom(3);
  const firsts = new Map<string, number>();
  for (let round = 0; round < 3_000; round += 1) {
    const order = shuffle(['a', 'b', 'c'], random);
    assert.deepEqual([...order].sort(), ['a', 'b', 'c']);
    firsts.set(order[0] ?? '', (firsts.get(order[0] ?? '') ?? 0) + 1);
  }
  for (const count of firsts.values()) assert.ok(count > 900 && count < 1_100, String(count));
});
