import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spark } from '../../../../src/server/admin/page/spark.js';

const FRAME = { width: 100, height: 20, from: 0, to: 100 };

test('a line goes from left to right, and its highest value to the top', () => {
  const { line, max } = spark(
    [
      { at: 0, value: 0 },
      { at: 50, value: 10 },
      { at: 100, value: 5 },
    ],
    FRAME,
  );
  assert.equal(line, 'M0 18.5L50 1.5L100 10');
  assert.equal(max, 10);
});

test('where nothing was measured is a gap, not a zero', () => {
  const { line, area } = spark(
    [
      { at: 0, value: 4 },
      { at: 20, value: 4 },
      { at: 40, value: null },
      { at: 60, value: 4 },
      { at: 80, value: 4 },
    ],
    FRAME,
  );
  assert.equal(line, 'M0 1.5L20 1.5M60 1.5L80 1.5');
  assert.equal(area.match(/Z/g)?.length, 2);
});

test('nothing at all, and nothing but zeros, are no drawing that fails', () => {
  assert.deepEqual(spark([], FRAME), { line: '', area: '', max: 0 });
  assert.equal(spark([{ at: 10, value: 0 }], FRAME).line, 'M10 18.5');
  assert.doesNotMatch(spark([{ at: 0, value: 1 }], { ...FRAME, to: 0 }).line, /NaN|Infinity/);
});

test('what is older than the frame is not drawn', () => {
  assert.equal(
    spark(
      [
        { at: -50, value: 900 },
        { at: 100, value: 1 },
      ],
      FRAME,
    ).max,
    1,
  );
});
