import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueForRenewal, retirements } from '../../src/scale/lifetime.js';
import { type PlannedPage, plan } from '../../src/scale/plan.js';
import type { Replica } from '../../src/scale/replica.js';
import { type Moment, simulate, type Weather } from '../helpers/page-simulation.js';
import { plannedPage } from '../helpers/planned-page.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const MINUTE = 60_000;
const POLICY = policyOf(`minReplicas: 4
maxReplicas: 4
instance: { maxLifetime: 10m, bootTimeout: 10s }
dns: { ttl: 5s, drain: { gracePeriod: 0s } }
`);
/** 10 % of spread, and two boots of lead. */
const EARLIEST = 10 * MINUTE * 0.9 - 20_000;

function* fair(seconds: number, bootMs: (second: number) => number | null): Generator<Weather> {
  for (let second = 1; second <= seconds; second += 1)
    yield { load: 10, isMeasured: true, death: false, bootMs: bootMs(second) };
}

function isServing({ state }: Replica): boolean {
  return state === 'serving';
}

test('over an hour every replica is replaced before it is too old, one at a time, and the page never has fewer', () => {
  const born = new Map<string, number>();
  const leftAt: number[] = [];
  let before: Moment | null = null;
  for (const moment of simulate(
    POLICY,
    fair(3_600, () => 3_000),
  )) {
    const { now, replicas, decision } = moment;
    for (const { id, createdAt } of replicas) born.set(id, createdAt);
    if (now > 10_000) {
      assert.ok(replicas.filter(isServing).length >= 4, `${now}: only ${replicas.filter(isServing).length}`);
      assert.deepEqual([decision.current, decision.desired], [4, 4]);
    }
    assert.ok(replicas.filter(({ state }) => state === 'booting').length <= (now > 10_000 ? 1 : 4));
    for (const replica of replicas.filter(isServing))
      assert.ok(now - replica.createdAt < 10 * MINUTE, `${now}: ${replica.id}`);
    for (const replica of before?.replicas.filter(isServing) ?? []) {
      const after = replicas.find(({ id }) => id === replica.id);
      if (after?.state !== 'draining') continue;
      leftAt.push(now);
      assert.ok(now - replica.createdAt >= EARLIEST, 'not replaced long before its time');
    }
    before = moment;
  }
  assert.ok(leftAt.length >= 5 * 4, `${leftAt.length} left`);
  assert.equal(new Set(leftAt).size, leftAt.length, 'no two at once, though all began at the same time');
});

test('a successor that does not come to serve ends nothing early; the lifetime is a limit all the same', () => {
  const moments = [
    ...simulate(
      POLICY,
      fair(700, (second) => (second < 60 ? 1_000 : null)),
    ),
  ];
  for (const { now, replicas } of moments) {
    const serving = replicas.filter(isServing).length;
    if (now > 10_000 && now < 10 * MINUTE) assert.equal(serving, 4, `${now}`);
    if (now > 10 * MINUTE + 5_000) assert.equal(serving, 0, `${now}`);
  }
});

test('without a lifetime nothing is ever too old, but a successor that is there takes the place', () => {
  const policy = policyOf('minReplicas: 1\n');
  const old = replicaOf({ createdAt: 0 });
  assert.equal(dueForRenewal(policy, [old], 1e12), null);
  assert.deepEqual(retirements(policy, [old], 1e12), []);
  const next = replicaOf({ replaces: old.id });
  assert.deepEqual(
    retirements(policy, [old, next], 0).map(({ replica }) => replica),
    [old],
  );
  assert.deepEqual(retirements(policy, [old, { ...next, state: 'booting' }], 0), []);
});

function planned(
  desired: number,
  replicas: readonly Replica[],
  more: Partial<PlannedPage> = {},
  maxInstances = 100,
) {
  const pages = [{ ...plannedPage('/a.html', POLICY, desired, desired), ...more }];
  return plan({ pages, fleet: replicas, isFresh: () => true, maxInstances, now: 599_000 });
}

test('of two that are due one gets a successor, and none where the budget is full', () => {
  const two = [replicaOf(), replicaOf()];
  assert.deepEqual(
    planned(2, two).boots.map(({ replaces }) => replaces),
    [two[0]?.id],
  );
  assert.deepEqual(planned(2, two, {}, 2).boots, []);
});

test('a dry run and a pause renew nothing', () => {
  const dry = { ...POLICY, dryRun: true };
  assert.deepEqual(planned(1, [replicaOf()], { policy: dry }).boots, []);
});
