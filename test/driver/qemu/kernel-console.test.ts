import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFailed, isServing, lastWord, readBanner } from '../../../src/driver/qemu/kernel-console.js';

const BOOTED =
  'hotzone-kernel 0.1.0 166d9e9c41a8737c\nmemory: 15999 KiB\nserving a.example on 10.0.2.15:80\n';

test('the kernel says who it is, and when it serves', () => {
  assert.deepEqual(readBanner(`warning: x\n${BOOTED}`), { version: '0.1.0', hash: '166d9e9c41a8737c' });
  assert.ok(isServing(BOOTED));
  assert.ok(!hasFailed(BOOTED));
  assert.equal(readBanner('Linux version 6.1\n'), null);
  assert.ok(!isServing('memory: 1\nnot serving \n'));
  assert.equal(lastWord(''), '');
});

test('what it gave up for is told before what is printed after that', () => {
  const rows = [
    ['memory: 1\nfatal: the page does not fit\nmore\n', 'fatal: the page does not fit'],
    ['memory: KVM internal error. Suberror: 1\nEAX=0\n', 'KVM internal error. Suberror: 1'],
    ['x\npanicked at src/main.rs:1:2:\nno\n', 'panicked at src/main.rs:1:2:'],
  ] as const;
  for (const [console, word] of rows) {
    assert.ok(hasFailed(console), word);
    assert.equal(lastWord(console), word);
  }
  assert.equal(lastWord('one\ntwo\n'), 'two');
});
