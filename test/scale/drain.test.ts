import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drainVerdict } from '../../src/scale/drain.js';
import { replicaOf } from '../helpers/replicas.js';

const DRAIN = { gracePeriod: 5_000, maxDuration: 600_000, untilIdle: true };
const DRAINING = replicaOf({
  state: 'draining',
  answerTtl: 30_000,
  withdrawnAt: 1_000,
  stateSince: 900,
  busyAt: 0,
});

test('a replica that was in no answer has nothing to wait for', () => {
  assert.ok(drainVerdict({ ...DRAINING, answerTtl: 0, withdrawnAt: null }, DRAIN, 0).done);
});

test('while its address is still in an answer it waits, however long', () => {
  assert.ok(!drainVerdict({ ...DRAINING, withdrawnAt: null }, DRAIN, 1e9).done);
});

test('it waits for the TTL and the grace from the moment the address left the answers', () => {
  assert.ok(!drainVerdict(DRAINING, DRAIN, 35_999).done);
  assert.ok(drainVerdict(DRAINING, DRAIN, 36_000).done);
});

test('then it waits for its connections, up to the cap', () => {
  const busy = { ...DRAINING, busyAt: 40_000 };
  assert.ok(!drainVerdict(busy, DRAIN, 40_500).done);
  assert.ok(drainVerdict(busy, DRAIN, 41_000).done);
  assert.ok(drainVerdict(busy, { ...DRAIN, untilIdle: false }, 40_500).done);
  assert.ok(drainVerdict({ ...busy, busyAt: 600_900 }, DRAIN, 600_900).done);
});

test('it never ends before its last TTL has passed, whatever the cap', () => {
  const time = fc.nat(2_000_000);
  fc.assert(
    fc.property(
      time,
      time,
      time,
      time,
      time,
      fc.boolean(),
      (withdrawnAt, answerTtl, busyAt, maxDuration, now, untilIdle) => {
        const replica = { ...DRAINING, withdrawnAt, answerTtl: answerTtl + 1, busyAt };
        const verdict = drainVerdict(replica, { gracePeriod: 0, maxDuration, untilIdle }, now);
        if (verdict.done) assert.ok(now >= withdrawnAt + answerTtl + 1);
        else assert.ok(verdict.at > now, 'it says when to look again');
      },
    ),
  );
});
