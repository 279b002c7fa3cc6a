import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Failures, NO_HISTORY } from '../../src/scale/history.js';
import { type PlannedPage, plan } from '../../src/scale/plan.js';
import type { Resting } from '../../src/scale/planned.js';
import type { Replica } from '../../src/scale/replica.js';
import { plannedPage } from '../helpers/planned-page.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const NOW = 1_000_000;
const POLICY = policyOf(
  `maxReplicas: 6
placement: [{ driver: xl, maxReplicas: 3 }, { driver: qemu }, { driver: process, maxReplicas: 1 }]
backoff: { initial: 30s, quarantineAfter: 5 }
`,
);

function wants(desired: number, failures: Failures = {}): PlannedPage {
  const page = plannedPage('/a.html', POLICY, desired, 0);
  return { ...page, decision: { ...page.decision, history: { ...NO_HISTORY, failures } } };
}

function bootsOf(page: PlannedPage, resting: Resting = new Map(), fleet: readonly Replica[] = []) {
  const { boots, notes } = plan({
    pages: [page],
    fleet,
    isFresh: () => true,
    maxInstances: 100,
    resting,
    now: NOW,
  });
  return { drivers: boots.map(({ driver }) => driver), note: notes.get('/a.html') };
}

test('placements are tried in their order, each up to its maxReplicas', () => {
  assert.deepEqual(bootsOf(wants(4)).drivers, ['xl', 'xl', 'xl', 'qemu']);
  const there = [replicaOf({ driver: 'xl' }), replicaOf({ driver: 'xl' })];
  assert.deepEqual(bootsOf(wants(4), new Map(), there).drivers, ['xl', 'qemu']);
});

test('a driver that has told that it is full is passed over, for every page, until it may be asked again', () => {
  assert.deepEqual(bootsOf(wants(2), new Map([['xl', NOW + 1]])).drivers, ['qemu', 'qemu']);
  assert.deepEqual(bootsOf(wants(2), new Map([['xl', NOW]])).drivers, ['xl', 'xl']);
});

test('a placement that fails for the page is passed over while it rests, and in quarantine', () => {
  assert.deepEqual(bootsOf(wants(1, { xl: { count: 1, at: NOW - 29_999 } })).drivers, ['qemu']);
  assert.deepEqual(bootsOf(wants(1, { xl: { count: 1, at: NOW - 30_000 } })).drivers, ['xl']);
  const both: Failures = { xl: { count: 5, at: NOW - 60_000 }, qemu: { count: 9, at: NOW } };
  const { drivers, note } = bootsOf(wants(2, both));
  assert.deepEqual(drivers, ['process']);
  assert.equal(note?.reason, 'Quarantined');
});

test('when none is left, each says why', () => {
  const failures: Failures = { xl: { count: 5, at: NOW }, process: { count: 1, at: NOW } };
  const { drivers, note } = bootsOf(wants(2, failures), new Map([['qemu', NOW + 5_000]]));
  assert.deepEqual(drivers, []);
  assert.deepEqual(note, {
    step: 'back-off',
    value: 0,
    reason: 'Quarantined',
    detail:
      'xl: 5 failures in a row: the origin serves until the page or its policy changes; ' +
      'qemu: there was no room for more, asked again in 5 s; ' +
      'process: 1 failures in a row, next attempt in 30 s',
  });
});
