import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSize } from '../../src/policy/size.js';

test('a size is a whole number with a binary unit', () => {
  assert.equal(parseSize('64KiB'), 65_536);
  assert.equal(parseSize('16MiB'), 16_777_216);
  assert.equal(parseSize('1GiB'), 1_073_741_824);
  for (const text of ['16', '16MB', '16M', '1.5MiB', '-1MiB', ' 1MiB', '1 MiB', '1mib', '', '1GiB1MiB'])
    assert.equal(parseSize(text), null, text);
});
