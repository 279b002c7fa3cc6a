import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adopt } from '../../src/scale/adopt.js';
import { canMove, move } from '../../src/scale/lifecycle.js';
import { judgeProbe } from '../../src/scale/probing.js';
import { reconcile } from '../../src/scale/reconcile.js';
import type { ReplicaState } from '../../src/scale/replica.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const STATES: readonly ReplicaState[] = [
  'planned',
  'booting',
  'probing',
  'serving',
  'draining',
  'stopping',
  'gone',
  'failed',
  'lost',
  'orphan',
];
const PROBE = { ...policyOf().probe, successThreshold: 2, failureThreshold: 3 };

test('only probing and booting lead to serving, and every state but gone leads on', () => {
  assert.deepEqual(
    STATES.filter((state) => canMove(state, 'serving')),
    ['booting', 'probing'],
  );
  assert.deepEqual(
    STATES.filter((state) => STATES.every((to) => !canMove(state, to))),
    ['gone'],
  );
});

test('a serving replica never goes without draining, unless it is dead', () => {
  assert.deepEqual(
    STATES.filter((to) => canMove('serving', to)),
    ['probing', 'draining', 'failed', 'lost'],
  );
});

test('a move that the chart does not have is a bug', () => {
  assert.throws(() => move(replicaOf({ state: 'gone' }), 'serving', '', 0), /cannot go from gone to serving/);
});

test('a booting replica may be silent until its time-out, and serves after its successes', () => {
  const booting = replicaOf({ state: 'booting', stateSince: 0 });
  const silent = { kind: 'unreachable', detail: 'refused' } as const;
  assert.equal(judgeProbe(booting, silent, PROBE, 5_000, 4_999).kind, 'keep');
  assert.deepEqual(judgeProbe(booting, silent, PROBE, 5_000, 5_000), {
    kind: 'failed',
    cause: 'boot_timeout',
    reason: 'it did not serve within 5 s: refused',
  });
  assert.equal(judgeProbe(booting, { kind: 'ok' }, PROBE, 5_000, 1).kind, 'probing');
  assert.equal(
    judgeProbe({ ...booting, state: 'probing', probeStreak: 1 }, { kind: 'ok' }, PROBE, 5_000, 1).kind,
    'serving',
  );
});

test('a serving replica fails on failures in a row, and one success begins the count anew', () => {
  const serving = replicaOf({ probeStreak: -2 });
  const wrong = { kind: 'wrong', detail: 'status 500' } as const;
  assert.equal(judgeProbe(serving, wrong, PROBE, 5_000, 1).kind, 'failed');
  assert.deepEqual(judgeProbe(serving, { kind: 'ok' }, PROBE, 5_000, 1), { kind: 'keep', streak: 1 });
  assert.deepEqual(judgeProbe({ ...serving, probeStreak: 7 }, wrong, PROBE, 5_000, 1), {
    kind: 'keep',
    streak: -1,
  });
});

test('a list tells the dead from the missing, the unnoted and the orphans', () => {
  const dead = replicaOf({ createdAt: 1 });
  const missing = replicaOf({ createdAt: 1 });
  const unnoted = replicaOf({ createdAt: 1, ref: '', state: 'planned' });
  const young = replicaOf({ createdAt: 10 });
  const waiting = replicaOf({ createdAt: 1, ref: '', state: 'planned' });
  const entry = (id: string, running: boolean) => ({ id, ref: 'r', address: '', running });
  const findings = reconcile(
    [dead, missing, unnoted, young, waiting],
    [entry(dead.id, false), entry(unnoted.id, true), entry('x', true)],
    10,
  );
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['dead', 'missing', 'found', 'orphan'],
  );
});

test('absence is no news while a create call is under way, and of what is being ended or known to be dead', () => {
  const absent = (state: ReplicaState) => reconcile([replicaOf({ state })], [], 10).map(({ kind }) => kind);
  for (const state of ['planned', 'stopping', 'failed', 'lost', 'gone'] as const)
    assert.deepEqual(absent(state), [], state);
  for (const state of ['booting', 'probing', 'serving', 'draining'] as const)
    assert.deepEqual(absent(state), ['missing'], state);
});

test('after a restart every replica is probed, drained, destroyed or given up, and no orphan is left', () => {
  const kinds = (state: ReplicaState, listed: boolean | null): readonly string[] => {
    const replica = replicaOf({ state });
    const list =
      listed === null ? null : listed ? [{ id: replica.id, ref: 'r', address: '', running: true }] : [];
    return adopt([replica], list).map(({ kind }) => kind);
  };
  for (const state of ['planned', 'booting', 'probing', 'serving'] as const) {
    assert.deepEqual(kinds(state, true), ['probe']);
    assert.deepEqual(kinds(state, false), ['lost']);
  }
  assert.deepEqual(kinds('serving', null), ['probe']);
  assert.deepEqual(kinds('draining', true), ['drain']);
  assert.deepEqual(kinds('draining', false), ['destroy']);
  for (const state of ['stopping', 'failed', 'lost'] as const)
    assert.deepEqual(kinds(state, true), ['destroy']);
  assert.deepEqual(
    adopt([], [{ id: 'x', ref: 'r', address: '', running: true }]).map(({ kind }) => kind),
    ['orphan'],
  );
});
