import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/scale/decide.js';
import { NO_HISTORY } from '../../src/scale/history.js';
import { isSurging } from '../../src/scale/surge.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

test('a surge is what the next decision would answer with more replicas, and nothing else', () => {
  const policy = policyOf(
    'maxReplicas: 6\nmetric: { target: 10, activation: 5 }\nbehavior: { scaleUp: { policies: [{ type: Replicas, value: 100, period: 1s }] } }\n',
  );
  const number = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(number, number, fc.nat(7), (stable, panic, current) => {
      const rate = { stable, panic, lowerBound: false };
      const load = { demand: rate, queryRate: rate, requestRate: rate, uniqueClients: 0 };
      const replicas = Array.from({ length: current }, () => replicaOf());
      const decision = decide({
        page: '/a.html',
        policy,
        load,
        replicas,
        history: NO_HISTORY,
        now: 0,
        startedAt: -1e9,
      });
      assert.equal(isSurging(load, policy, current), decision.desired > current);
    }),
  );
});

test('nothing measured is no surge', () => {
  const load = { demand: null, queryRate: null, requestRate: null, uniqueClients: null };
  assert.equal(isSurging(load, policyOf(), 0), false);
});
