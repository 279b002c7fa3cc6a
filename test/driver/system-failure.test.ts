import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../src/driver/system-failure.js';

test('a system error is classed by what helps against it', () => {
  const rows = [
    ['EAGAIN', 'capacity'],
    ['ENOMEM', 'capacity'],
    ['EMFILE', 'capacity'],
    ['ENOSPC', 'capacity'],
    ['EADDRNOTAVAIL', 'config'],
    ['EACCES', 'config'],
    ['ENOENT', 'config'],
    ['EADDRINUSE', 'transient'],
    ['EIO', 'transient'],
  ] as const;
  for (const [code, expected] of rows) {
    const error = Object.assign(new Error(`spawn node ${code}`), { code });
    assert.deepEqual(failureOf(error), { class: expected, message: `spawn node ${code}` });
  }
  assert.equal(failureOf(new Error('no code')).class, 'transient');
});
