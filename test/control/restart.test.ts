import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Observer } from '../../src/control/observer.js';
import type { Policy } from '../../src/policy/policy.js';
import type { Replica } from '../../src/scale/replica.js';
import { controlState, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { turn } from '../helpers/stub-driver.js';

const PAGE = servedPage('a');
const [EAGER, DRY] = [policyOf(), policyOf('dryRun: true\n')];
/** Long enough that no probe of the test decides anything. */
const PATIENCE_MS = 1_000;

async function adopted(t: TestContext, replicas: readonly Replica[], policies: readonly Policy[] = [EAGER]) {
  const control = controlState(t, { pages: [PAGE], policies, replicas });
  for (const { id } of replicas) control.driver.add(id);
  await new Observer(control.state, control.keeper, [control.driver]).adoptAll(PATIENCE_MS);
  await turn();
  return { ...control, of: ({ id }: Replica) => control.state.fleet.get(id) };
}

test('what caches may know drains when its page has changed, went away, or has no policy any more', async (t) => {
  const changed = replicaFor(servedPage('a', 2), { answerTtl: 30_000 });
  const gone = replicaFor(servedPage('b'), { answerTtl: 30_000 });
  const unprobed = replicaFor(servedPage('a', 2), { answerTtl: 30_000, state: 'probing' });
  const { of, driver, clock, events } = await adopted(t, [changed, gone, unprobed]);
  for (const replica of [changed, gone, unprobed]) {
    assert.deepEqual([of(replica)?.state, of(replica)?.withdrawnAt], ['draining', clock.at]);
    assert.ok(driver.calls.includes(`drain ${replica.id}`));
  }
  assert.deepEqual(
    eventsOf(events, 'withdrawn').map(({ cause }) => cause),
    ['stale_content', 'policy_removed', 'stale_content'],
  );
  const unpoliced = replicaFor(PAGE, { answerTtl: 30_000 });
  assert.equal((await adopted(t, [unpoliced], [])).of(unpoliced)?.state, 'draining');
});

test('what serves the page still is probed again, and nothing is handed out until then', async (t) => {
  const serving = replicaFor(PAGE, { answerTtl: 30_000 });
  const { of, driver, clock } = await adopted(t, [serving]);
  assert.deepEqual([of(serving)?.state, of(serving)?.withdrawnAt], ['probing', clock.at]);
  assert.deepEqual(driver.calls, []);
});

test('one that has drained and ended while no daemon ran is no loss', async (t) => {
  const drained = replicaFor(PAGE, { state: 'draining', answerTtl: 30_000 });
  const control = controlState(t, { pages: [PAGE], policies: [EAGER], replicas: [drained] });
  await new Observer(control.state, control.keeper, [control.driver]).adoptAll(PATIENCE_MS);
  await turn();
  assert.equal(control.state.fleet.get(drained.id)?.state, 'gone');
  assert.deepEqual(
    eventsOf(control.events, 'moved').map(({ after }) => after.state),
    ['stopping', 'gone'],
  );
});

test('a policy that became a dry run keeps no daemon from starting', async (t) => {
  const draining = replicaFor(PAGE, { state: 'draining', answerTtl: 30_000 });
  const { of } = await adopted(t, [draining], [DRY]);
  assert.equal(of(draining)?.state, 'draining');
});

test('a replica of a driver that this daemon runs without is not answered before it was probed', async (t) => {
  const foreign = replicaFor(PAGE, { driver: 'xl', answerTtl: 30_000 });
  const { of } = await adopted(t, [foreign]);
  assert.equal(of(foreign)?.state, 'probing');
});
