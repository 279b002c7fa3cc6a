import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Minutes, telling } from '../../src/control/minutes.js';
import type { Decision } from '../../src/scale/decide.js';
import { NO_HISTORY } from '../../src/scale/history.js';
import type { PlannedPage } from '../../src/scale/plan.js';
import type { Step } from '../../src/scale/reason.js';
import { controlState, eventsOf } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const POLICY = policyOf();
const SAID_NOTHING = { actions: new Map(), notes: new Map() };
const ABOVE: Step = { step: 'metric', value: 2, reason: 'MetricAboveTarget', detail: '20 > 10' };
const FINE: Step = { step: 'bounds', value: 2, reason: 'DesiredWithinRange', detail: '' };

function page(desired: number, chain: readonly Step[] = [ABOVE, FINE], path = '/a.html'): PlannedPage {
  const decision: Decision = {
    page: path,
    policy: POLICY.name,
    current: 0,
    serving: 0,
    desired,
    measured: null,
    panicking: false,
    chain,
    history: NO_HISTORY,
  };
  return { path, policy: POLICY, decision };
}

test('a decision with actions is news, also the first one on a page', (t) => {
  const minutes = new Minutes(controlState(t).state);
  const actions = ['boot one'];
  const said = { ...SAID_NOTHING, actions: new Map([['/a.html', actions]]) };
  assert.deepEqual(minutes.draft([page(2)], said), [
    { decision: page(2).decision, actions, dryRun: POLICY.dryRun },
  ]);
});

test('a first decision that leaves things as they are is no news, and neither is one like the last', (t) => {
  const minutes = new Minutes(controlState(t).state);
  assert.deepEqual(minutes.draft([page(0)], SAID_NOTHING), []);
  minutes.draft([page(2)], SAID_NOTHING);
  const sameInOtherFigures = page(2, [{ ...ABOVE, detail: '21 > 10' }, FINE]);
  assert.deepEqual(minutes.draft([sameInOtherFigures], SAID_NOTHING), []);
});

test('a first decision that wants a change is news although nothing is done, as in a dry run', (t) => {
  const minutes = new Minutes(controlState(t).state);
  assert.equal(minutes.draft([page(2)], SAID_NOTHING).length, 1);
});

test('another number or another reason is news', (t) => {
  const minutes = new Minutes(controlState(t).state);
  minutes.draft([page(2), page(2, [ABOVE], '/b.html')], SAID_NOTHING);
  const below: Step = { ...ABOVE, reason: 'MetricBelowTarget' };
  const news = minutes.draft([page(3), page(2, [below], '/b.html')], SAID_NOTHING);
  assert.deepEqual(
    news.map(({ decision }) => decision.page),
    ['/a.html', '/b.html'],
  );
});

test('what a shared limit made of it is the last step of the decision, and is remembered as the present one', (t) => {
  const { state } = controlState(t);
  const minutes = new Minutes(state);
  minutes.draft([page(2)], SAID_NOTHING);
  const note: Step = { step: 'budget', value: 0, reason: 'BudgetExceeded', detail: 'none left' };
  const said = { ...SAID_NOTHING, notes: new Map([['/a.html', note]]) };
  const [minute] = minutes.draft([page(2)], said);
  assert.deepEqual(minute?.decision.chain, [ABOVE, FINE, note]);
  assert.equal(state.decisions.get('/a.html'), minute?.decision);
});

test('minutes are written with the wall clock’s time, and announced', (t) => {
  const { state, events, clock } = controlState(t);
  const minutes = new Minutes(state);
  const minute = { decision: page(2).decision, actions: ['boot one'], dryRun: true };
  minutes.write([minute]);
  assert.deepEqual(state.store.decisions.recent({ limit: 9 }), [
    {
      at: clock.wall(),
      page: '/a.html',
      policy: POLICY.name,
      current: 0,
      serving: 0,
      desired: 2,
      measured: null,
      chain: [ABOVE],
      actions: ['boot one'],
      dryRun: true,
      isNews: true,
    },
  ]);
  assert.deepEqual(eventsOf(events, 'decided'), []);
  minutes.announce([minute]);
  assert.deepEqual(eventsOf(events, 'decided'), [{ kind: 'decided', at: clock.now(), ...minute }]);
});

test('the telling step is the last one that had something to say', () => {
  assert.equal(telling(page(2).decision), ABOVE);
  const limit: Step = { step: 'rate', value: 1, reason: 'ScaleUpLimit', detail: '' };
  assert.equal(telling(page(1, [ABOVE, limit, FINE]).decision), limit);
  assert.equal(telling(page(2, [FINE]).decision), FINE);
  assert.equal(telling(page(2, []).decision).reason, 'DesiredWithinRange');
});
