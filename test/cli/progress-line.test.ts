import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { progressLine } from '../../src/cli/progress-line.js';

function told(total: number, isTTY: boolean): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const tell = progressLine(stream, 'pages built');
  for (let done = 1; done <= total; done += 1) tell(done, total);
  return String(stream.read() ?? '');
}

test('short work is done without a word', () => {
  assert.equal(told(999, false), '');
});

test('the end of long work is told, and a terminal is left clean', () => {
  assert.match(told(1_000, false), /pages built: 1000 of 1000\n$/);
  assert.ok(told(1_000, true).endsWith('\r\x1b[K'));
});
