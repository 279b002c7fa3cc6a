import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PlannedPage, plan } from '../../src/scale/plan.js';
import type { Replica } from '../../src/scale/replica.js';
import { plannedPage } from '../helpers/planned-page.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

function page(path: string, desired: number, current: number, yaml = ''): PlannedPage {
  return plannedPage(path, policyOf(`maxReplicas: 20\n${yaml}`), desired, current);
}

function planOf(
  pages: readonly PlannedPage[],
  fleet: readonly Replica[],
  maxInstances = 100,
  isFresh = (_: Replica) => true,
) {
  return plan({ pages, fleet, isFresh, maxInstances, now: 0 });
}

test('what is missing is booted, by the first placement that has room', () => {
  const yaml = 'placement: [{ driver: process, maxReplicas: 2 }]\n';
  const { boots, notes } = planOf([page('/a.html', 3, 1, yaml)], [replicaOf()]);
  assert.equal(boots.length, 1);
  assert.equal(boots[0]?.driver, 'process');
  assert.equal(notes.get('/a.html')?.reason, 'BudgetExceeded');
});

test('what is too much goes: first what does not serve yet, without draining, then the youngest', () => {
  const old = replicaOf({ createdAt: 1 });
  const young = replicaOf({ createdAt: 2 });
  const booting = replicaOf({ createdAt: 0, state: 'booting' });
  const { drains, cancels } = planOf([page('/a.html', 1, 3)], [old, young, booting]);
  assert.deepEqual(
    cancels.map(({ replica }) => replica),
    [booting],
  );
  assert.deepEqual(
    drains.map(({ replica }) => replica),
    [young],
  );
});

test('a replica that an earlier daemon handed out drains, although this one has not probed it yet', () => {
  const adopted = replicaOf({ state: 'probing', answerTtl: 5_000, withdrawnAt: 1 });
  const unknown = replicaOf({ state: 'probing' });
  const withdrawn = (desired: number) => {
    const { drains, cancels } = planOf([page('/a.html', desired, 2)], [adopted, unknown]);
    return [drains, cancels].map((list) => list.map(({ replica }) => replica));
  };
  assert.deepEqual(withdrawn(1), [[], [unknown]]);
  assert.deepEqual(withdrawn(0), [[adopted], [unknown]]);
});

test('a replica of another content, or of a page without a policy, is withdrawn with the cause', () => {
  const stale = replicaOf();
  const orphaned = replicaOf({ page: '/b.html' });
  const { drains, boots } = planOf(
    [page('/a.html', 1, 0)],
    [stale, orphaned],
    100,
    (replica) => replica !== stale,
  );
  assert.deepEqual(
    drains.map(({ cause }) => cause),
    ['stale_content', 'policy_removed'],
  );
  assert.equal(boots.length, 1);
});

test('a budget goes to the higher priority, and its end is a reason', () => {
  const low = page('/low.html', 4, 0, 'priority: 1\n');
  const high = page('/high.html', 4, 0, 'priority: 2\n');
  const { boots, notes } = planOf([low, high], [replicaOf({ page: '/c.html', state: 'draining' })], 6);
  assert.equal(boots.filter((boot) => boot.page === '/high.html').length, 4);
  assert.equal(boots.filter((boot) => boot.page === '/low.html').length, 1);
  assert.equal(notes.get('/low.html')?.value, 1);
});

test('no budget is ever exceeded, and no page gets more than was decided', () => {
  const pages = fc.array(fc.record({ desired: fc.nat(8), current: fc.nat(4), priority: fc.nat(2) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(pages, fc.nat(20), fc.integer({ min: 1, max: 10 }), (list, maxInstances, policyMax) => {
      const planned = list.map(({ desired, current, priority }, index) =>
        page(
          `/${index}.html`,
          desired,
          current,
          `priority: ${priority}\nbudget: { maxInstances: ${policyMax} }\n`,
        ),
      );
      const fleet = list.flatMap(({ current }, index) =>
        Array.from({ length: current }, () => replicaOf({ page: `/${index}.html` })),
      );
      const { boots, drains } = planOf(planned, fleet, maxInstances);
      if (boots.length > 0) assert.ok(fleet.length + boots.length <= Math.min(maxInstances, policyMax));
      for (const { path, decision } of planned) {
        const after =
          decision.current +
          boots.filter((boot) => boot.page === path).length -
          drains.filter(({ replica }) => replica.page === path).length;
        assert.ok(after <= Math.max(decision.desired, 0));
      }
    }),
  );
});
