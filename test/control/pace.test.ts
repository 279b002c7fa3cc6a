import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../src/control/pace.js';
import { turn } from '../helpers/stub-driver.js';

const LONG_MS = 60_000;

/** Passes that last until the test ends them. */
class Passes {
  started = 0;
  running = 0;
  most = 0;
  #end: () => void = () => {};

  readonly pass = async (): Promise<void> => {
    this.started += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.running -= 1;
  };

  async end(): Promise<void> {
    this.#end();
    await turn();
  }
}

test('nothing runs before the start, and the start runs a pass at once', async () => {
  const passes = new Passes();
  const pace = new Pace(passes.pass, LONG_MS);
  pace.wake();
  await turn();
  assert.equal(passes.started, 0);
  pace.start();
  await turn();
  assert.equal(passes.started, 1);
  const stopped = pace.stop();
  await passes.end();
  await stopped;
});

test('however often it is woken during a pass, one more follows, and they never overlap', async () => {
  const passes = new Passes();
  const pace = new Pace(passes.pass, LONG_MS);
  pace.start();
  await turn();
  for (let i = 0; i < 10; i += 1) pace.wake();
  await turn();
  assert.equal(passes.started, 1);
  await passes.end();
  assert.equal(passes.started, 2);
  await passes.end();
  assert.equal(passes.started, 2);
  assert.equal(passes.most, 1);
  await pace.stop();
});

test('being woken many times in one turn of the event loop is one pass', async () => {
  let passes = 0;
  const count = async (): Promise<void> => {
    passes += 1;
  };
  const pace = new Pace(count, LONG_MS);
  pace.start();
  pace.wake();
  pace.wake();
  await turn();
  assert.equal(passes, 1);
  pace.wake();
  await turn();
  assert.equal(passes, 2);
  await pace.stop();
});

test('without being woken, a pass follows another after the interval', async () => {
  let passes = 0;
  const count = async (): Promise<void> => {
    passes += 1;
  };
  const pace = new Pace(count, 1);
  const seen = new Promise<void>((resolve) => {
    const wait = (): void => void (passes >= 3 ? resolve() : setTimeout(wait, 1));
    wait();
  });
  pace.start();
  await seen;
  await pace.stop();
});

test('stopping waits for the pass that runs, and none follows it', async () => {
  const passes = new Passes();
  const pace = new Pace(passes.pass, 1);
  pace.start();
  await turn();
  pace.wake();
  let isStopped = false;
  const stopped = pace.stop().then(() => {
    isStopped = true;
  });
  await turn();
  assert.equal(isStopped, false);
  await passes.end();
  await stopped;
  pace.wake();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(passes.started, 1);
});
