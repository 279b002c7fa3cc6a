import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { didYouMean, editDistance } from '../../src/policy/did-you-mean.js';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

test('the nearest candidate is meant, whatever the letter case', () => {
  const keys = ['minReplicas', 'maxReplicas', 'metric', 'match'];
  assert.equal(didYouMean('maxReplica', keys), 'maxReplicas');
  assert.equal(didYouMean('minreplicas', keys), 'minReplicas');
  assert.equal(didYouMean('mertic', keys), 'metric');
  assert.equal(didYouMean('mathc', keys), 'match');
});

test('nothing is suggested for a word that is far from all', () => {
  assert.equal(didYouMean('replicas', ['match', 'dns']), undefined);
  assert.equal(didYouMean('x', []), undefined);
  assert.equal(didYouMean('a'.repeat(10_000), ['a'.repeat(9_999)]), undefined);
});

test('the edit distance counts replacements, insertions, deletions and swaps', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('abc', ''), 3);
  assert.equal(editDistance('abc', 'axc'), 1);
  assert.equal(editDistance('abc', 'acb'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

test('the edit distance is zero for equal words only, the same both ways, and at most the longer word', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance >= Math.abs(a.length - b.length));
      assert.ok(distance <= Math.max(a.length, b.length));
    }),
  );
});
