import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PageLoad, Rate } from '../../src/load/load.js';
import type { ByHand } from '../../src/scale/by-hand.js';
import { type Decision, decide } from '../../src/scale/decide.js';
import { NO_HISTORY, recordFailure } from '../../src/scale/history.js';
import { plan } from '../../src/scale/plan.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const POLICY = policyOf('minReplicas: 1\nmaxReplicas: 4\n');
const PIN = (replicas: number): ByHand => ({
  pin: { replicas, detail: `pinned at ${replicas}` },
  pause: null,
});
const PAUSE: ByHand = { pin: null, pause: { detail: 'paused' } };

function loadOf(stable: number): PageLoad {
  const rate: Rate = { stable, panic: stable, lowerBound: false };
  return { demand: rate, queryRate: rate, requestRate: rate, uniqueClients: 0 };
}

function decideOn(stable: number, count: number, byHand?: ByHand): Decision {
  return decide({
    page: '/a.html',
    policy: POLICY,
    load: loadOf(stable),
    replicas: Array.from({ length: count }, () => replicaOf({ page: '/a.html' })),
    history: NO_HISTORY,
    ...(byHand === undefined ? {} : { byHand }),
    now: 0,
    startedAt: -10_000_000,
  });
}

test('a pin wins over load, pace and bounds, and its step comes after what they would have done', () => {
  for (const [load, count, pinned] of [
    [1_000, 0, 0],
    [0, 4, 0],
    [0, 0, 9],
    [20, 2, 3],
  ] as const) {
    const decision = decideOn(load, count, PIN(pinned));
    assert.equal(decision.desired, pinned);
    assert.equal(decision.chain.at(-1)?.reason, 'Pinned');
    const without = decideOn(load, count);
    assert.deepEqual(
      decision.chain.slice(0, -1),
      without.chain.slice(0, -1),
      'the rest of the chain stays to be read',
    );
    assert.deepEqual(
      decision.history,
      without.history,
      'the policy must find its history as if there were no pin',
    );
  }
  assert.match(decideOn(0, 0, PIN(9)).chain.at(-1)?.detail ?? '', /maxReplicas is 4, which a pin may pass/);
  assert.doesNotMatch(decideOn(0, 0, PIN(4)).chain.at(-1)?.detail ?? '', /maxReplicas/);
});

test('a pause leaves the number, whatever it is, and makes a pin wait', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(9), fc.nat(9), (load, count, pinned) => {
      const decision = decideOn(load, count, { ...PIN(pinned), ...{ pause: PAUSE.pause } });
      assert.equal(decision.desired, count);
      assert.equal(decision.chain.at(-1)?.reason, 'Paused');
    }),
  );
});

test('a pin does not pass budgets, placements or a pause after failures', () => {
  const decision = decideOn(0, 0, PIN(9));
  const planFor = (policy: typeof POLICY, maxInstances = 100, history = NO_HISTORY) =>
    plan({
      pages: [{ path: '/a.html', policy, decision: { ...decision, history } }],
      fleet: [],
      isFresh: () => true,
      maxInstances,
      now: 0,
    });
  assert.equal(planFor(POLICY).boots.length, 9);
  const short = planFor(POLICY, 2);
  assert.equal(short.boots.length, 2);
  assert.equal(short.notes.get('/a.html')?.reason, 'BudgetExceeded');
  const tight = policyOf('maxReplicas: 4\nbudget: { maxInstances: 5 }\n');
  assert.equal(planFor(tight).boots.length, 5);
  const failed = planFor(POLICY, 100, recordFailure(NO_HISTORY, replicaOf(), POLICY.backoff.resetAfter, 0));
  assert.equal(failed.boots.length, 0);
  assert.equal(failed.notes.get('/a.html')?.reason, 'BackoffActive');
});
