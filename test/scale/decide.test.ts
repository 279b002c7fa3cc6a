import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { PageLoad, Rate } from '../../src/load/load.js';
import type { Policy } from '../../src/policy/policy.js';
import { type Decision, decide } from '../../src/scale/decide.js';
import { NO_HISTORY, type PageHistory, recordChange } from '../../src/scale/history.js';
import type { Reason } from '../../src/scale/reason.js';
import type { Replica } from '../../src/scale/replica.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const LONG_AGO = -10_000_000;

interface Given {
  policy?: Policy;
  stable?: number;
  panic?: number;
  load?: PageLoad;
  replicas?: number | readonly Replica[];
  history?: PageHistory;
  now?: number;
  startedAt?: number;
}

function rate(stable: number, panic = stable): Rate {
  return { stable, panic, lowerBound: false };
}

function loadOf(stable: number, panic = stable): PageLoad {
  return {
    demand: rate(stable, panic),
    queryRate: rate(stable, panic),
    requestRate: rate(0),
    uniqueClients: 0,
  };
}

function decideOn(given: Given): Decision {
  const replicas = given.replicas ?? 0;
  return decide({
    page: '/a.html',
    policy: given.policy ?? policyOf(),
    load: given.load ?? loadOf(given.stable ?? 0, given.panic ?? given.stable ?? 0),
    replicas: typeof replicas === 'number' ? Array.from({ length: replicas }, () => replicaOf()) : replicas,
    history: given.history ?? NO_HISTORY,
    now: given.now ?? 0,
    startedAt: given.startedAt ?? LONG_AGO,
  });
}

function reasons(decision: Decision): readonly Reason[] {
  return decision.chain.map((step) => step.reason).filter((reason) => reason !== 'DesiredWithinRange');
}

const AT_ONCE =
  'behavior: { scaleDown: { stabilizationWindow: 0s, policies: [{ type: Percent, value: 100, period: 1s }] } }\ncooldown: { scaleDown: 0s, toZero: 0s }\n';

describe('decide', () => {
  test('asks for ceil(load / target), from 0 too', () => {
    assert.equal(decideOn({ stable: 31 }).desired, 4);
    assert.equal(decideOn({ stable: 30 }).desired, 3);
    assert.equal(decideOn({ stable: 9, replicas: 1 }).desired, 1);
  });

  test('boots nothing below the activation, and keeps what runs until the load is clearly below it', () => {
    const policy = policyOf(`metric: { target: 10, activation: 5 }\n${AT_ONCE}`);
    assert.equal(decideOn({ policy, stable: 4.9 }).desired, 0);
    assert.equal(decideOn({ policy, stable: 5 }).desired, 1);
    assert.equal(decideOn({ policy, stable: 4.6, replicas: 1 }).desired, 1);
    const off = decideOn({ policy, stable: 4.4, replicas: 1, history: { ...NO_HISTORY, inactiveSince: -1 } });
    assert.equal(off.desired, 0);
    assert.deepEqual(reasons(off), ['BelowActivation']);
  });

  test('takes no data for no change, whichever way', () => {
    const load: PageLoad = { demand: null, queryRate: null, requestRate: null, uniqueClients: null };
    const decision = decideOn({ load, replicas: 3 });
    assert.equal(decision.desired, 3);
    assert.deepEqual(reasons(decision), ['MetricUnavailable']);
  });

  test('goes up on either signal, and down only when both are there', () => {
    const policy = policyOf(AT_ONCE);
    const http: PageLoad = { demand: null, queryRate: null, requestRate: rate(30), uniqueClients: null };
    assert.equal(decideOn({ policy, load: http, replicas: 1 }).desired, 3);
    assert.equal(decideOn({ policy, load: { ...http, requestRate: rate(10) }, replicas: 3 }).desired, 3);
    const both: PageLoad = { ...http, demand: rate(10), requestRate: rate(10) };
    assert.equal(decideOn({ policy, load: both, replicas: 3 }).desired, 1);
    assert.equal(decideOn({ policy, load: { ...both, requestRate: rate(25) }, replicas: 1 }).desired, 3);
  });

  test('does not follow a load within the tolerance, and never applies the tolerance to bounds', () => {
    assert.equal(decideOn({ stable: 21.9, replicas: 2 }).desired, 2);
    assert.equal(decideOn({ stable: 22.1, replicas: 2 }).desired, 3);
    const floored = decideOn({ policy: policyOf('minReplicas: 2\n'), stable: 0, replicas: 1 });
    assert.equal(floored.desired, 2);
    assert.ok(reasons(floored).includes('TooFewReplicas'));
  });

  test('panics when the last moments ask for twice what there is, and then does not decrease', () => {
    const surge = decideOn({ stable: 5, panic: 40, replicas: 1, now: 1_000 });
    assert.equal(surge.desired, 4);
    assert.ok(surge.panicking);
    const after = decideOn({
      stable: 5,
      panic: 5,
      replicas: 4,
      history: surge.history,
      now: 2_000,
      policy: policyOf(AT_ONCE),
    });
    assert.equal(after.desired, 4);
    assert.ok(reasons(after).includes('Panic'));
    const calm = decideOn({
      stable: 5,
      panic: 5,
      replicas: 4,
      history: surge.history,
      now: 62_000,
      policy: policyOf(AT_ONCE),
    });
    assert.ok(calm.desired < 4);
  });

  test('counts booting replicas as capacity, so that panic does not boot them twice', () => {
    const booting = [1, 2, 3, 4].map(() => replicaOf({ state: 'booting' }));
    const decision = decideOn({
      stable: 40,
      panic: 40,
      replicas: booting,
      policy: policyOf('maxReplicas: 10\n'),
    });
    assert.equal(decision.current, 4);
    assert.equal(decision.desired, 4);
    assert.equal(decision.panicking, false);
  });

  test('goes down only to the highest recommendation of the stabilization window', () => {
    const policy = policyOf(
      'behavior: { scaleDown: { stabilizationWindow: 60s, policies: [{ type: Percent, value: 100, period: 1s }] } }\ncooldown: { scaleDown: 0s, toZero: 0s }\n',
    );
    const high = decideOn({ policy, stable: 30, replicas: 3, now: 0 });
    const low = decideOn({ policy, stable: 10, replicas: 3, now: 30_000, history: high.history });
    assert.equal(low.desired, 3);
    assert.ok(reasons(low).includes('ScaleDownStabilized'));
    const later = decideOn({ policy, stable: 10, replicas: 3, now: 91_000, history: low.history });
    assert.equal(later.desired, 1);
  });

  test('takes nothing away for one stable window after the start', () => {
    const given = { policy: policyOf(AT_ONCE), stable: 0, replicas: 3, startedAt: 0 };
    const early = decideOn({ ...given, now: 59_999 });
    assert.equal(early.desired, 3);
    assert.ok(reasons(early).includes('StartupHold'));
    assert.equal(decideOn({ ...given, now: 60_000 }).desired, 0);
  });

  test('limits changes per period in each direction, as HPA does', () => {
    const policy = policyOf(
      'maxReplicas: 100\nbehavior: { scaleUp: { policies: [{ type: Replicas, value: 4, period: 15s }, { type: Percent, value: 100, period: 15s }] } }\n',
    );
    assert.equal(decideOn({ policy, stable: 1_000, replicas: 2 }).desired, 6);
    assert.equal(decideOn({ policy, stable: 1_000, replicas: 10 }).desired, 20);
    const history = recordChange(NO_HISTORY, 10, -5_000);
    const limited = decideOn({ policy, stable: 1_000, replicas: 20, history });
    assert.equal(limited.desired, 20);
    assert.ok(reasons(limited).includes('ScaleUpLimit'));
  });

  test('pauses after a change in the same direction, and before the last replica goes', () => {
    const policy = policyOf(
      'behavior: { scaleDown: { stabilizationWindow: 0s, policies: [{ type: Percent, value: 100, period: 1s }] } }\ncooldown: { scaleDown: 30s, toZero: 2m }\n',
    );
    const history = recordChange(NO_HISTORY, -1, -10_000);
    assert.equal(decideOn({ policy, stable: 10, replicas: 3, history }).desired, 3);
    const first = decideOn({ policy, stable: 0, replicas: 1 });
    assert.equal(first.desired, 1);
    assert.ok(reasons(first).includes('CooldownActive'));
    assert.equal(
      decideOn({ policy, stable: 0, replicas: 1, history: first.history, now: 120_000 }).desired,
      1,
    );
    assert.equal(
      decideOn({
        policy,
        stable: 0,
        replicas: 1,
        history: { ...first.history, inactiveSince: 1 },
        now: 120_002,
      }).desired,
      0,
    );
  });

  test('keeps within the bounds, repeats itself, and says why, whatever the load and the past are', () => {
    const number = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        number,
        number,
        fc.nat(20),
        fc.nat(10),
        fc.nat(10),
        fc.array(
          fc.record({ at: fc.integer({ min: -400_000, max: 0 }), by: fc.integer({ min: -4, max: 4 }) }),
        ),
        (stable, panic, current, low, more, changes) => {
          const policy = policyOf(`minReplicas: ${low}\nmaxReplicas: ${Math.max(1, low + more)}\n`);
          const history = { ...NO_HISTORY, changes: changes.sort((a, b) => a.at - b.at) };
          const given = { policy, stable, panic, replicas: current, history };
          const decision = decideOn(given);
          assert.ok(decision.desired >= low && decision.desired <= Math.max(1, low + more));
          assert.ok(Number.isInteger(decision.desired));
          assert.equal(decision.chain.at(-1)?.value, decision.desired);
          assert.deepEqual(decideOn(given).chain, decision.chain);
        },
      ),
    );
  });
});
