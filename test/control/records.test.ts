import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Records } from '../../src/control/records.js';
import type { Decision } from '../../src/scale/decide.js';
import { NO_HISTORY } from '../../src/scale/history.js';
import type { Step } from '../../src/scale/reason.js';
import { type ControlUnderTest, controlState, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const A = servedPage('a');
const POLICY = policyOf();
const SAID_NOTHING = { actions: new Map(), notes: new Map() };
const EVERYTHING = Number.MAX_SAFE_INTEGER;

function decision(chain: readonly Step[], desired = 2): Decision {
  const numbers = { current: 1, serving: 1, desired, panicking: false };
  const measured = { stable: 20, panic: 25, complete: true, detail: '20 visits/s' };
  return { page: A.path, policy: POLICY.name, ...numbers, measured, chain, history: NO_HISTORY };
}

const ABOVE: Step = { step: 'metric', value: 2, reason: 'MetricAboveTarget', detail: '20 / 10' };
const BOUND: Step = { step: 'bounds', value: 2, reason: 'TooManyReplicas', detail: 'maxReplicas is 2' };
const SILENT: Step = { step: 'cooldown', value: 2, reason: 'DesiredWithinRange', detail: '' };

function scene(t: TestContext): ControlUnderTest & { readonly records: Records; pass(made: Decision): void } {
  const under = controlState(t, { pages: [A], policies: [POLICY] });
  const records = new Records(under.state);
  const pass = (made: Decision): void => {
    records.write(records.draft([{ path: A.path, policy: POLICY, decision: made }], SAID_NOTHING));
  };
  return { ...under, records, pass };
}

test('a decision that comes about by other steps is written down within the minute, and once', (t) => {
  const { state, clock, pass } = scene(t);
  pass(decision([ABOVE, SILENT]));
  assert.equal(state.store.decisions.recent({ limit: 9 }).length, 1, 'the first is news');
  const other = decision([{ ...ABOVE, reason: 'Panic', value: 2 }, ABOVE, SILENT]);
  clock.at += 1_000;
  pass(other);
  assert.deepEqual(state.store.decisions.last(A.path, EVERYTHING)?.chain, [ABOVE], 'not with every pass');
  clock.at += 60_000;
  pass(other);
  const last = state.store.decisions.last(A.path, EVERYTHING);
  assert.deepEqual(
    last?.chain.map(({ reason }) => reason),
    ['Panic', 'MetricAboveTarget'],
  );
  assert.equal(last?.isNews, false);
  assert.equal(last?.at, clock.wall());
  assert.deepEqual(last?.measured, other.measured);
  clock.at += 60_000;
  pass({
    ...other,
    chain: other.chain.map((step) => (step === SILENT ? step : { ...step, detail: 'other figures' })),
  });
  assert.equal(state.store.decisions.last(A.path, EVERYTHING)?.at, last?.at, 'figures are in the samples');
  assert.equal(state.store.decisions.recent({ limit: 9 }).length, 1);
});

test('what changes within the minute and back leaves no row', (t) => {
  const { state, clock, pass } = scene(t);
  pass(decision([ABOVE]));
  clock.at += 30_000;
  pass(decision([ABOVE, SILENT]));
  clock.at += 30_000;
  pass(decision([ABOVE]));
  assert.equal(state.store.decisions.prune(EVERYTHING, 0), 1);
});

test('a warm page is sampled once a minute in the store and every ten seconds in memory', (t) => {
  const { state, clock, pass, records } = scene(t);
  for (let second = 0; second <= 180; second += 1) {
    pass(decision([ABOVE, BOUND]));
    clock.at += 1_000;
  }
  const stored = state.store.samples.between(A.path, 0, EVERYTHING, 99);
  assert.equal(stored.length, 4);
  assert.deepEqual(
    { ...stored[0], at: 0 },
    {
      ...{ at: 0, demand: null, queryRate: null, requestRate: null, measured: 20 },
      ...{ desired: 2, serving: 1, replicas: 0 },
    },
  );
  assert.equal(records.lately(A.path).length, 19);
  assert.equal(state.store.seenAt, stored.at(-1)?.at);
});

test('the last half hour is kept in memory, and a page that gets cold is sampled as such once', (t) => {
  const { state, clock, pass, records } = scene(t);
  for (let n = 0; n < 400; n += 1) {
    pass(decision([ABOVE]));
    clock.at += 10_000;
  }
  assert.equal(records.lately(A.path).length, 180);
  const cold = { ...decision([], 0), current: 0, serving: 0, measured: null };
  for (let n = 0; n < 12; n += 1) {
    pass(cold);
    clock.at += 10_000;
  }
  assert.deepEqual(
    records
      .lately(A.path)
      .slice(-2)
      .map(({ desired }) => desired),
    [2, 0],
  );
  assert.equal(state.store.samples.last(A.path, EVERYTHING)?.desired, 0);
});

test('what happened is in the store with the pass after it, with the first and the last words of the daemon', (t) => {
  const { state, clock, records, pass } = scene(t);
  records.begin();
  state.emit({ kind: 'surge', at: clock.now(), page: A.path });
  state.emit({ kind: 'ordered', at: clock.now(), page: null, verb: 'pause', detail: 'd', by: 'b' });
  assert.deepEqual(state.store.events.between(A.path, 0, EVERYTHING, 9), []);
  pass(decision([ABOVE]));
  clock.at += 5_000;
  pass(decision([ABOVE]));
  records.end();
  assert.deepEqual(
    state.store.events.between(A.path, 0, EVERYTHING, 9).map(({ kind }) => kind),
    ['started', 'surge', 'ordered', 'stopped'],
  );
  assert.equal(state.store.seenAt, clock.wall());
});

test('what a full disk refuses is written once it takes it, and so much is remembered and no more', (t) => {
  const { state, clock, records, pass } = scene(t);
  const full = t.mock.method(state.store, 'transaction', () => {
    throw new Error('database or disk is full');
  });
  for (let n = 0; n < 10_050; n += 1) state.emit({ kind: 'surge', at: clock.now(), page: A.path });
  assert.throws(() => pass(decision([ABOVE])), /disk is full/);
  full.mock.restore();
  records.end();
  assert.equal(state.store.events.between(A.path, 0, EVERYTHING, 20_000).length, 10_000);
});

test('of thousands of lukewarm pages the hottest are sampled, and those that have replicas', (t) => {
  const { state, records, clock } = scene(t);
  for (let n = 0; n < 1_000; n += 1) {
    const page = `/${n}.html`;
    const measured = { stable: 1 + n / 1_000, panic: 0, complete: true, detail: '' };
    const numbers = { current: 0, serving: 0, desired: n === 7 ? 1 : 0 };
    state.decisions.set(page, { ...decision([]), ...numbers, page, measured });
  }
  records.write([]);
  const sampled = (n: number): boolean => state.store.samples.last(`/${n}.html`, EVERYTHING) !== null;
  assert.ok(sampled(7), 'it is to have a replica');
  assert.ok(sampled(999) && sampled(801) && !sampled(800) && !sampled(8));
  clock.at += 60_000;
  records.write([]);
  assert.equal(state.store.samples.prune(EVERYTHING, 0), 2 * 200);
});
