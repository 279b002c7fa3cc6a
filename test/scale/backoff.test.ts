import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../../src/scale/backoff.js';
import { countFailures, forgetFailures, NO_HISTORY, recordFailure } from '../../src/scale/history.js';
import { policyOf } from '../helpers/policies.js';

const POLICY = policyOf('backoff: { initial: 30s, max: 1m, resetAfter: 1h, quarantineAfter: 4 }\n');
const RESET_MS = POLICY.backoff.resetAfter;

test('each failure in a row doubles the pause, up to the longest', () => {
  const once = { count: 1, at: 0 };
  assert.equal(backoff(POLICY, once, 29_999)?.reason, 'BackoffActive');
  assert.equal(backoff(POLICY, once, 30_000), null);
  const thrice = { count: 3, at: 0 };
  assert.equal(backoff(POLICY, thrice, 59_999)?.reason, 'BackoffActive');
  assert.equal(backoff(POLICY, thrice, 60_000), null);
});

test('after many in a row nothing boots, until so much time has passed that they are forgotten', () => {
  const often = { ...NO_HISTORY, failures: { xl: { count: 4, at: 0 } } };
  assert.equal(backoff(POLICY, often.failures.xl, RESET_MS)?.reason, 'Quarantined');
  assert.equal(backoff(POLICY, often.failures.xl, RESET_MS + 1), null);
  assert.deepEqual(
    recordFailure(often, { driver: 'xl', createdAt: RESET_MS }, RESET_MS, RESET_MS + 1).failures,
    {
      xl: { count: 1, at: RESET_MS + 1 },
    },
  );
});

test('without failures there is no pause', () => {
  assert.equal(backoff(POLICY, undefined, 0), null);
});

test('each placement fails, and is forgiven, on its own', () => {
  const both = ['xl', 'process', 'xl'] as const;
  const failed = both.reduce(
    (history, driver) => recordFailure(history, { driver, createdAt: 7 }, RESET_MS, 7),
    NO_HISTORY,
  );
  assert.deepEqual(failed.failures, { xl: { count: 2, at: 7 }, process: { count: 1, at: 7 } });
  assert.equal(countFailures(failed), 3);
  assert.deepEqual(forgetFailures(failed, 'xl').failures, { process: { count: 1, at: 7 } });
  assert.equal(forgetFailures(failed, 'qemu'), failed);
  assert.equal(countFailures(forgetFailures(failed)), 0);
});

test('replicas that were under way together are one attempt, however many fail', () => {
  const at = (history: typeof NO_HISTORY, createdAt: number, now: number) =>
    recordFailure(history, { driver: 'xl', createdAt }, RESET_MS, now);
  const three = at(at(at(NO_HISTORY, 0, 10), 0, 11), 5, 12);
  assert.deepEqual(three.failures.xl, { count: 1, at: 12 });
  assert.deepEqual(at(three, 12, 20).failures.xl, { count: 2, at: 20 });
});
