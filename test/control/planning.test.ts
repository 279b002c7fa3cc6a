import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Decider } from '../../src/control/deciding.js';
import type { Minute } from '../../src/control/minutes.js';
import { foresee, planFor } from '../../src/control/planning.js';
import type { Policy } from '../../src/policy/policy.js';
import type { Replica } from '../../src/scale/replica.js';
import { controlState, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const [A, B, GONE] = [servedPage('a'), servedPage('b'), servedPage('gone')];

function planned(
  t: TestContext,
  policies: readonly Policy[],
  replicas: readonly Replica[] = [],
  pool: readonly string[] = ['127.77.0.0/24'],
): ReadonlyMap<string, Minute> {
  const { state, clock } = controlState(t, { pages: [A, B], policies, replicas, pool });
  const now = clock.now();
  const pages = new Decider(state).all(now);
  const before = state.fleet.all();
  const minutes = foresee(state, planFor(state, pages, now), pages, now);
  assert.deepEqual(state.fleet.all(), before, 'it was done');
  assert.deepEqual(state.store.leases.all().length, replicas.length);
  return new Map(minutes.map((minute) => [minute.decision.page, minute]));
}

test('what would boot is told, with what keeps it from being more', (t) => {
  const plan = planned(
    t,
    [policyOf('minReplicas: 2\nbudget: { maxInstances: 3 }\n')],
    [replicaFor(A, { id: 'aaaaaaaa-1', address: '127.77.0.9', policy: 'test' })],
  );
  // The page that lacks more of what it needs comes first, and that is all that the budget has.
  assert.deepEqual(plan.get('/b.html')?.actions, ['boot one by process', 'boot one by process']);
  assert.deepEqual(plan.get('/a.html')?.actions, []);
  assert.equal(plan.get('/a.html')?.decision.chain.at(-1)?.reason, 'BudgetExceeded');
});

test('replicas that nobody decides on any more are in the plan, too', (t) => {
  const orphaned = replicaFor(GONE, { id: 'dddddddd-1', address: '127.77.0.8', policy: 'old' });
  const unwanted = replicaFor(B, {
    id: 'eeeeeeee-1',
    address: '127.77.0.7',
    policy: 'old',
    state: 'booting',
    answerTtl: 0,
  });
  const plan = planned(
    t,
    [{ ...policyOf(), match: { ...policyOf().match, pages: ['/a.html'] } }],
    [orphaned, unwanted],
  );
  assert.deepEqual(plan.get('/gone.html')?.actions, ['drain dddddddd on 127.77.0.8']);
  assert.equal(plan.get('/gone.html')?.decision.policy, 'old');
  assert.match(plan.get('/gone.html')?.decision.chain[0]?.detail ?? '', /the page changed or is gone/);
  assert.deepEqual(plan.get('/b.html')?.actions, ['give up eeeeeeee on 127.77.0.7']);
  assert.match(plan.get('/b.html')?.decision.chain[0]?.detail ?? '', /no policy matches/);
});

test('a boot for which no address is left is no action, but a note; a dry run takes no address from others', (t) => {
  // A /30 has two addresses.
  const pool = ['127.77.0.0/30'];
  const short = planned(t, [policyOf('minReplicas: 3\n')], [], pool);
  const boots = [...short.values()].flatMap(({ actions }) => actions);
  assert.equal(boots.length, 2);
  const last = [...short.values()].map(({ decision }) => decision.chain.at(-1)?.reason);
  assert.ok(last.includes('AddressesExhausted'), last.join(' '));
  const dry = planned(t, [policyOf('minReplicas: 3\ndryRun: true\n')], [], pool);
  assert.equal([...dry.values()].flatMap(({ actions }) => actions).length, 6);
  assert.ok([...dry.values()].every(({ dryRun }) => dryRun));
});
