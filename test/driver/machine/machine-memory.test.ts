import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFor } from '../../../src/driver/machine/machine-memory.js';

const MIB = 2 ** 20;

test('a page gets what the policy says, and else what it needs', () => {
  assert.equal(memoryFor(undefined, 1_000), 16);
  assert.equal(memoryFor(undefined, 4 * MIB), 16);
  assert.equal(memoryFor(undefined, 20 * MIB + 1), 33);
  assert.equal(memoryFor(8 * MIB, 20 * MIB), 8);
  assert.equal(memoryFor(8 * MIB + 1, 0), 9, 'QEMU counts whole MiB here');
});
