import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartQueue } from '../../src/driver/start-queue.js';

interface Started {
  readonly settled: Promise<void>;
}

const untilSettled = ({ settled }: Started): Promise<void> => settled;

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
      return { settled: new Promise((resolve) => settlers.set(name, resolve)) };
    },
  };
}

async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('no more replicas start at a time than there are places, and the others follow in order', async () => {
  const queue = new StartQueue(2);
  const { begun, settle, start } = starts();
  for (const name of ['a', 'b', 'c', 'd']) void queue.run(start(name), untilSettled);
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
  assert.equal(await queue.run(async () => 'no memory'), 'no memory');
  await assert.rejects(
    queue.run(async () => {
      throw new Error('a bug');
    }),
    /a bug/,
  );
  const { begun, start } = starts();
  await queue.run(start('next'), untilSettled);
  assert.deepEqual(begun, ['next']);
});
