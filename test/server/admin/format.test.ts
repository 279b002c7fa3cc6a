import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decidingSteps, formatDuration, formatRate, showControls } from '../../../src/server/admin/format.js';

test('a rate has the digits that the eye needs, and what was not measured is not 0', () => {
  const cases: readonly (readonly [number | null, string])[] = [
    [null, '–'],
    [0, '0'],
    [0.04, '<0.1'],
    [0.26, '0.3'],
    [4.25, '4.3'],
    [9.99, '10'],
    [312.4, '312'],
    [9_999, '9999'],
    [12_345, '12.3k'],
  ];
  for (const [value, text] of cases) assert.equal(formatRate(value), text, String(value));
});

test('a duration has its two largest units', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-1, '0s'],
    [59.9, '59s'],
    [60, '1m 0s'],
    [3_599, '59m 59s'],
    [7_230, '2h 0m'],
    [90_000, '1d 1h'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text, String(seconds));
});

test('the steps that decide are those that changed the number', () => {
  const chain = [3, 3, 5, 5, 4].map((value, index) => ({ value, index, detail: 'x' }));
  assert.deepEqual(
    decidingSteps(3, chain).map(({ index }) => index),
    [2, 4],
  );
  assert.deepEqual(decidingSteps(3, []), []);
});

test('where none changed it, the last step that has something to say stands for all', () => {
  const chain = ['', 'too early', ''].map((detail, index) => ({ value: 3, index, detail }));
  assert.deepEqual(decidingSteps(3, chain), [chain[1]]);
  assert.deepEqual(decidingSteps(3, chain.slice(0, 1)), [chain[0]]);
});

test('control characters are made visible, line ends are kept', () => {
  assert.equal(showControls('\u001b[31m\0\u007f\u0085\n\t\ud800'), '␛[31m␀␡\ufffd\n\t\ufffd');
  assert.equal(showControls('café 🔥 日本'), 'café 🔥 日本');
});
