import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../../src/scale/backoff.js';
import { NO_HISTORY, recordFailure } from '../../src/scale/history.js';
import { policyOf } from '../helpers/policies.js';

const POLICY = policyOf('backoff: { initial: 30s, max: 1m, resetAfter: 1h, quarantineAfter: 4 }\n');
const RESET_MS = POLICY.backoff.resetAfter;

test('each failure in a row doubles the pause, up to the longest', () => {
  const once = recordFailure(NO_HISTORY, RESET_MS, 0);
  assert.equal(backoff(POLICY, once, 29_999)?.reason, 'BackoffActive');
  assert.equal(backoff(POLICY, once, 30_000), null);
  const thrice = recordFailure(recordFailure(once, RESET_MS, 0), RESET_MS, 0);
  assert.equal(backoff(POLICY, thrice, 59_999)?.reason, 'BackoffActive');
  assert.equal(backoff(POLICY, thrice, 60_000), null);
});

test('after many in a row nothing boots, until so much time has passed that they are forgotten', () => {
  const often = { ...NO_HISTORY, failures: 4, failedAt: 0 };
  assert.equal(backoff(POLICY, often, RESET_MS)?.reason, 'Quarantined');
  assert.equal(backoff(POLICY, often, RESET_MS + 1), null);
  assert.equal(recordFailure(often, RESET_MS, RESET_MS + 1).failures, 1);
});

test('without failures there is no pause', () => {
  assert.equal(backoff(POLICY, NO_HISTORY, 0), null);
});
