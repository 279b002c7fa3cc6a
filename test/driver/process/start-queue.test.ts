import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Started } from '../../../src/driver/process/start-page-server.js';
import { StartQueue } from '../../../src/driver/process/start-queue.js';

/** Starts that are noted, and settle when they are told to. */
function starts(): {
  readonly begun: string[];
  settle(name: string): void;
  start(name: string): () => Promise<Started>;
} {
  const begun: string[] = [];
  const settlers = new Map<string, () => void>();
  return {
    begun,
    settle: (name) => settlers.get(name)?.(),
    start: (name) => async () => {
      begun.push(name);
      return { ok: true, ref: name, settled: new Promise((resolve) => settlers.set(name, resolve)) };
    },
  };
}

async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('no more page servers start at a time than there are places, and the others follow in order', async () => {
  const queue = new StartQueue(2);
  const { begun, settle, start } = starts();
  for (const name of ['a', 'b', 'c', 'd']) void queue.run(start(name));
  await turns();
  assert.deepEqual(begun, ['a', 'b']);
  settle('b');
  await turns();
  assert.deepEqual(begun, ['a', 'b', 'c']);
  settle('a');
  settle('c');
  await turns();
  assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
});

test('a start that fails or throws gives its place back', async () => {
  const queue = new StartQueue(1);
  const failure = { class: 'transient', message: 'no memory' } as const;
  assert.deepEqual(await queue.run(async () => ({ ok: false, failure })), { ok: false, failure });
  await assert.rejects(
    queue.run(async () => {
      throw new Error('a bug');
    }),
    /a bug/,
  );
  const { begun, start } = starts();
  await queue.run(start('next'));
  assert.deepEqual(begun, ['next']);
});
