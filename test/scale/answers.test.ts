import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AnswerInput, pageAnswer, sameAnswer } from '../../src/scale/answers.js';
import type { Replica, ReplicaState } from '../../src/scale/replica.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const ORIGIN = ['192.0.2.1', '2001:db8::1'];

function answered(replicas: readonly Replica[], desired: number, dns = ''): readonly string[] {
  return pageAnswer(input(replicas, desired, dns)).addresses.map(({ address }) => address);
}

function input(replicas: readonly Replica[], desired: number, dns = ''): AnswerInput {
  const policy = policyOf(dns === '' ? '' : `dns: ${dns}\n`);
  return { host: 'a.example.test', dns: policy.dns, replicas, desired, originAddresses: ORIGIN };
}

test('only serving replicas are in an answer', () => {
  const states: readonly ReplicaState[] = [
    'planned',
    'booting',
    'probing',
    'draining',
    'stopping',
    'failed',
    'lost',
    'orphan',
    'gone',
  ];
  const others = states.map((state) => replicaOf({ state, address: '198.51.100.9' }));
  const serving = replicaOf({ address: '198.51.100.1' });
  assert.deepEqual(answered([...others, serving], 1), ['198.51.100.1', '2001:db8::1']);
});

test('the origin answers in a family in which no replica serves', () => {
  assert.deepEqual(answered([], 0), ORIGIN);
  const ipv6 = replicaOf({ address: '2001:db8::2' });
  assert.deepEqual(answered([ipv6], 1, '{ includeOrigin: never }'), ['192.0.2.1', '2001:db8::2']);
});

test('the origin stays in the answer as the policy says', () => {
  const replicas = [replicaOf({ address: '198.51.100.1' })];
  assert.ok(answered(replicas, 1, '{ includeOrigin: always }').includes('192.0.2.1'));
  assert.ok(!answered(replicas, 2, '{ includeOrigin: never }').includes('192.0.2.1'));
  assert.ok(answered(replicas, 2).includes('192.0.2.1'));
  assert.ok(!answered(replicas, 1).includes('192.0.2.1'));
});

test('the TTL is short while replicas come or go', () => {
  assert.equal(pageAnswer(input([replicaOf()], 1)).ttl, 30);
  assert.equal(pageAnswer(input([replicaOf(), replicaOf({ state: 'booting' })], 2)).ttl, 5);
  assert.equal(pageAnswer(input([replicaOf({ state: 'draining' })], 0)).ttl, 5);
});

test('an answer is never empty, whatever serves', () => {
  const states = fc.constantFrom<ReplicaState>(
    'planned',
    'booting',
    'probing',
    'serving',
    'draining',
    'failed',
  );
  const include = fc.constantFrom('always', 'never', 'whenBelowTarget');
  fc.assert(
    fc.property(fc.array(states, { maxLength: 12 }), fc.nat(8), include, (list, desired, includeOrigin) => {
      const answer = answered(
        list.map((state) => replicaOf({ state })),
        desired,
        `{ includeOrigin: ${includeOrigin} }`,
      );
      assert.ok(answer.some((address) => address.includes('.')));
      assert.ok(answer.some((address) => address.includes(':')));
    }),
  );
});

test('two answers are the same whatever their order', () => {
  const answer = pageAnswer(input([replicaOf(), replicaOf()], 2));
  assert.ok(sameAnswer(answer, { ...answer, addresses: [...answer.addresses].reverse() }));
  assert.ok(!sameAnswer(answer, { ...answer, ttl: answer.ttl + 1 }));
  assert.ok(!sameAnswer(answer, { ...answer, addresses: answer.addresses.slice(1) }));
});
