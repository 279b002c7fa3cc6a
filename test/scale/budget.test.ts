import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { move } from '../../src/scale/lifecycle.js';
import { type Plan, type PlannedPage, plan } from '../../src/scale/plan.js';
import { isAlive, isCapacity, type Replica } from '../../src/scale/replica.js';
import { plannedPage } from '../helpers/planned-page.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

/** `name` is that of the policy and of its only page. */
function page(name: string, desired: number, current: number, yaml = ''): PlannedPage {
  const policy = { ...policyOf(`maxReplicas: 20\n${yaml}`), name };
  return plannedPage(`/${name}.html`, policy, desired, current);
}

function replicas(name: string, count: number, fields: Partial<Replica> = {}): readonly Replica[] {
  return Array.from({ length: count }, () => replicaOf({ page: `/${name}.html`, policy: name, ...fields }));
}

interface Limits {
  readonly maxInstances?: number;
  readonly maxHourlyCost?: number;
}

function planOf(pages: readonly PlannedPage[], fleet: readonly Replica[], limits: Limits = {}): Plan {
  return plan({ pages, fleet, isFresh: () => true, maxInstances: 100, now: 0, ...limits });
}

const TEN_CENTS = 'placement: [{ driver: xl, hourlyCost: 0.1 }]\n';

test('a limit of money is met to the cent: ten times 0.1 is 1', () => {
  const priced = page('a', 20, 0, `${TEN_CENTS}budget: { maxHourlyCost: 1 }\n`);
  const { boots, notes } = planOf([priced], []);
  assert.equal(boots.length, 10);
  assert.ok(boots.every(({ hourlyCost }) => hourlyCost === 0.1));
  assert.deepEqual(notes.get('/a.html'), {
    step: 'budget',
    value: 10,
    reason: 'BudgetExceeded',
    detail: 'policy a may cost 1 an hour, of which 1 is taken, and one more costs 0.1',
  });
});

test('all policies together have a limit of money too', () => {
  const { boots, notes } = planOf([page('a', 3, 0, TEN_CENTS), page('b', 3, 0, TEN_CENTS)], [], {
    maxHourlyCost: 0.4,
  });
  assert.equal(boots.length, 4);
  assert.match(
    notes.get('/b.html')?.detail ?? '',
    /^all policies together may cost 0.4 an hour, of which 0.4/,
  );
});

test('what drains or fails counts until it is gone, at the price that it was booted for or that is asked now', () => {
  const priced = page('a', 2, 0, `${TEN_CENTS}budget: { maxHourlyCost: 0.2 }\n`);
  const draining = replicas('a', 1, { state: 'draining', driver: 'xl' });
  assert.equal(planOf([priced], draining).boots.length, 1);
  const other = replicas('a', 1, { state: 'stopping', driver: 'qemu', hourlyCost: 0.15 });
  assert.equal(planOf([priced], other).boots.length, 0);
});

test('where the first placement is too expensive, the next one boots', () => {
  const two = `placement: [{ driver: xl, hourlyCost: 0.1 }, { driver: process, hourlyCost: 0.01 }]\n`;
  const { boots, notes } = planOf([page('a', 4, 0, `${two}budget: { maxHourlyCost: 0.22 }\n`)], []);
  assert.deepEqual(
    boots.map(({ driver }) => driver),
    ['xl', 'xl', 'process', 'process'],
  );
  assert.equal(notes.size, 0);
});

test('a budget of 0 is one: what costs nothing boots, and nothing else', () => {
  const nothing = 'budget: { maxHourlyCost: 0 }\n';
  assert.equal(planOf([page('a', 2, 0, nothing)], []).boots.length, 2);
  const { boots, notes } = planOf([page('a', 2, 0, TEN_CENTS + nothing)], []);
  assert.deepEqual(boots, []);
  assert.match(
    notes.get('/a.html')?.detail ?? '',
    /may cost 0 an hour, of which 0 is taken, and one more costs 0.1/,
  );
  const none = planOf([page('a', 2, 0, 'budget: { maxInstances: 0 }\n')], []);
  assert.deepEqual(none.boots, []);
  assert.match(none.notes.get('/a.html')?.detail ?? '', /may have 0 instances/);
});

test('a limit that is lowered shrinks what exists: of a policy, and of all of them the lowest priority first', () => {
  const lowered = page('a', 3, 3, `${TEN_CENTS}budget: { maxHourlyCost: 0.15 }\n`);
  const own = planOf([lowered], replicas('a', 3, { driver: 'xl' }));
  assert.deepEqual(
    own.drains.map(({ cause }) => cause),
    ['budget', 'budget'],
  );
  assert.equal(own.notes.get('/a.html')?.value, 1);

  const fleet = [...replicas('high', 2), ...replicas('low', 3)];
  const pages = [page('high', 2, 2, 'priority: 1\n'), page('low', 3, 3)];
  const all = planOf(pages, fleet, { maxInstances: 3 });
  assert.deepEqual(
    all.drains.map(({ replica }) => replica.policy),
    ['low', 'low'],
  );
  assert.equal(planOf(pages, fleet, { maxInstances: 1 }).drains.length, 4);
});

test('what is on its way out already is not shrunk for twice', () => {
  const pages = [page('a', 2, 2)];
  const fleet = [...replicas('a', 2), ...replicas('a', 2, { state: 'draining' })];
  assert.equal(planOf(pages, fleet, { maxInstances: 2 }).drains.length, 0);
  assert.equal(planOf([page('a', 1, 2)], fleet, { maxInstances: 1 }).drains.length, 1);
});

test('nobody is sent away from a page of a dry run or one that is paused', () => {
  const dry = page('a', 3, 3, 'dryRun: true\n');
  assert.equal(planOf([dry], replicas('a', 3), { maxInstances: 1 }).drains.length, 0);
  const running = page('a', 3, 3);
  const chain = [{ step: 'by hand', value: 3, reason: 'Paused', detail: '' }] as const;
  const paused = { ...running, decision: { ...running.decision, chain } };
  assert.equal(planOf([paused], replicas('a', 3), { maxInstances: 1 }).drains.length, 0);
});

const EVICT = 'priority: 1\nbudget: { onExceeded: evictLowerPriority }\n';

test('a higher priority sends as many of a lower one away as it lacks, and boots when they are gone', () => {
  const low = replicas('low', 3);
  const first = planOf([page('high', 2, 0, EVICT), page('low', 3, 3)], low, { maxInstances: 4 });
  assert.equal(first.boots.length, 1);
  assert.deepEqual(
    first.drains.map(({ cause, replica }) => [cause, replica.policy]),
    [['budget', 'low']],
  );
  assert.match(first.drains[0]?.reason ?? '', /^makes room for \/high.html, whose policy high has priority/);

  const leaving = first.drains[0]?.replica;
  const fleet = low.map((replica) => (replica === leaving ? move(replica, 'draining', '', 1) : replica));
  const booted = replicas('high', 1, { state: 'booting' });
  const pages = [page('high', 2, 1, EVICT), page('low', 3, 2)];
  const second = planOf(pages, [...fleet, ...booted], { maxInstances: 4 });
  assert.deepEqual([second.boots, second.drains, second.cancels], [[], [], []]);
  const gone = fleet.filter(({ state }) => state !== 'draining');
  const third = planOf(pages, [...gone, ...booted], { maxInstances: 4 });
  assert.deepEqual(
    third.boots.map(({ policy }) => policy),
    ['high'],
  );
});

test('nobody is sent away by an equal, by one that holds, for a limit of the policy itself, or in vain', () => {
  const low = replicas('low', 2);
  const of = (yaml: string, more: Limits = { maxInstances: 2 }) =>
    planOf([page('high', 1, 0, yaml), page('low', 2, 2, TEN_CENTS)], low, more);
  for (const yaml of [
    'budget: { onExceeded: evictLowerPriority }\n',
    'priority: 1\n',
    'priority: 1\nbudget: { onExceeded: evictLowerPriority, maxInstances: 0 }\n',
    'dryRun: true\npriority: 1\nbudget: { onExceeded: evictLowerPriority }\n',
  ])
    assert.deepEqual(of(yaml).drains, [], yaml);
  const dear = `placement: [{ driver: xl, hourlyCost: 5 }]\n${EVICT}`;
  assert.deepEqual(of(dear, { maxHourlyCost: 1 }).drains, []);
});

test('room that is on its way is promised once: two that want some send one more away', () => {
  const fleet = [...replicas('low', 2), ...replicas('low', 1, { state: 'draining' })];
  const pages = [page('a', 1, 0, EVICT), page('b', 1, 0, EVICT), page('low', 3, 2)];
  const { drains, boots } = planOf(pages, fleet, { maxInstances: 3 });
  assert.equal(drains.length, 1);
  assert.deepEqual(boots, []);
  assert.equal(
    planOf([pages[0] ?? assert.fail(), page('low', 3, 2)], fleet, { maxInstances: 3 }).drains.length,
    0,
  );
});

test('for money as many go as it takes, and only those that cost some', () => {
  const priced = replicas('low', 3, { driver: 'xl' });
  const free = replicas('free', 3);
  const pages = [
    page('high', 1, 0, `placement: [{ driver: xl, hourlyCost: 0.2 }]\n${EVICT}`),
    page('low', 3, 3, TEN_CENTS),
    page('free', 3, 3),
  ];
  const { drains } = planOf(pages, [...priced, ...free], { maxHourlyCost: 0.3 });
  assert.deepEqual(
    drains.map(({ replica }) => replica.policy),
    ['low', 'low'],
  );
});

test('what a dry run would like takes nothing from what is real', () => {
  const dry = page('dry', 3, 0, 'priority: 9\ndryRun: true\n');
  const { boots } = planOf([dry, page('real', 2, 0)], [], { maxInstances: 2 });
  assert.deepEqual(
    boots.map(({ policy }) => policy),
    ['real', 'real'],
  );
});

/** Plays plans out: what boots serves one tick later, what drains is gone three later. */
function play(
  wishes: readonly (readonly number[])[],
  yamls: readonly string[],
  limits: Limits,
): { readonly moves: number; readonly fleets: readonly (readonly Replica[])[] } {
  let fleet: readonly Replica[] = [];
  let moves = 0;
  const fleets: (readonly Replica[])[] = [];
  for (const [tick, desired] of wishes.entries()) {
    fleet = fleet
      .map((replica) =>
        replica.state === 'booting'
          ? move(replica, 'serving', '', tick)
          : replica.state === 'draining' && tick - replica.stateSince >= 3
            ? move(move(replica, 'stopping', '', tick), 'gone', '', tick)
            : replica,
      )
      .filter(isAlive);
    const pages = yamls.map((yaml, index) => {
      const current = fleet.filter((other) => other.policy === `p${index}` && isCapacity(other)).length;
      return page(`p${index}`, desired[index] ?? 0, current, yaml);
    });
    const { boots, drains, cancels } = planOf(pages, fleet, limits);
    const gone = new Set([...drains, ...cancels].map(({ replica }) => replica.id));
    fleet = [
      ...fleet.map((replica) =>
        gone.has(replica.id)
          ? move(replica, replica.state === 'serving' ? 'draining' : 'stopping', '', tick)
          : replica,
      ),
      ...boots.map(({ page: path, policy, driver, hourlyCost }) =>
        replicaOf({
          page: path,
          policy,
          driver,
          hourlyCost,
          state: 'booting',
          createdAt: tick,
          stateSince: tick,
        }),
      ),
    ].map((replica) => (replica.state === 'stopping' ? move(replica, 'gone', '', tick) : replica));
    fleet = fleet.filter(isAlive);
    moves += boots.length + gone.size;
    fleets.push(fleet);
  }
  return { moves, fleets };
}

test('whatever is wanted, no limit is ever passed; once nothing new is wanted everything comes to rest, by priority', () => {
  const wish = fc.array(fc.nat(6), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(wish, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      (wishes, maxInstances, tenths) => {
        const yamls = [0, 1, 2].map(
          (priority) =>
            `priority: ${priority}\nplacement: [{ driver: process, hourlyCost: 0.1 }]\n` +
            `budget: { onExceeded: evictLowerPriority, maxInstances: ${3 + priority} }\n`,
        );
        const last = wishes.at(-1) ?? [];
        const calm = Array.from({ length: 30 }, () => last);
        const limits = { maxInstances, maxHourlyCost: tenths / 10 };
        const { fleets } = play([...wishes, ...calm], yamls, limits);
        for (const fleet of fleets) {
          assert.ok(fleet.length <= Math.min(maxInstances, tenths));
          for (const priority of [0, 1, 2])
            assert.ok(fleet.filter(({ policy }) => policy === `p${priority}`).length <= 3 + priority);
        }
        let room = Math.min(maxInstances, tenths);
        const expected = [2, 1, 0].map((priority) => {
          const share = Math.min(last[priority] ?? 0, 3 + priority, room);
          room -= share;
          return share;
        });
        const [before, end] = [fleets.at(-2) ?? [], fleets.at(-1) ?? []];
        assert.deepEqual(
          [2, 1, 0].map((priority) => end.filter(({ policy }) => policy === `p${priority}`).length),
          expected,
        );
        assert.deepEqual(
          end.map(({ id, state }) => `${id} ${state}`),
          before.map(({ id, state }) => `${id} ${state}`),
        );
      },
    ),
    { numRuns: 200 },
  );
});
