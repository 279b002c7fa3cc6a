import assert from 'node:assert/strict';
import { test } from 'node:test';
import { srcsetUrls } from '../../src/site/srcset.js';

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  [' ,, \n', []],
  ['a', ['a']],
  ['a 1x', ['a']],
  ['a 1x,b 2x', ['a', 'b']],
  ['a, b', ['a', 'b']],
  ['a,b', ['a,b']],
  ['a,b 1x, c,,, d', ['a,b', 'c', 'd']],
  [',a', ['a']],
  ['a\t100w\n,\r\n\fb  2x  ,', ['a', 'b']],
  ['data:image/png;base64,AA== 1x, b 2x', ['data:image/png;base64,AA==', 'b']],
  ['data:,x, b', ['data:,x', 'b']],
  ['a foo(b, c) 1x, d', ['a', 'd']],
  ['a foo(b, c', ['a']],
  ['a ), b', ['a', 'b']],
  ['a\xa0b 1x', ['a\xa0b']],
];

test('the candidates of a srcset are told apart as browsers do', () => {
  for (const [srcset, urls] of CASES) {
    assert.deepEqual(
      srcsetUrls(srcset).map(({ start, end }) => srcset.slice(start, end)),
      urls,
      JSON.stringify(srcset),
    );
  }
});
