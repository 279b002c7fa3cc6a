import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SurgeWatch } from '../../src/control/surge-watch.js';
import type { QueryBatch } from '../../src/load/batch.js';
import { pageAnswer } from '../../src/scale/answers.js';
import { type ControlUnderTest, controlState, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const [A, B] = [servedPage('a'), servedPage('b')];
const POLICY = {
  ...policyOf('metric: { target: 10, activation: 5 }\n'),
  match: { pages: ['/a.html'], exclude: [] },
};
const BATCH_MS = 100;

function control(t: Parameters<typeof controlState>[0]): ControlUnderTest & { watch: SurgeWatch } {
  const made = controlState(t, { pages: [A, B], policies: [POLICY] });
  return { ...made, watch: new SurgeWatch(made.state) };
}

/** Visits of many sources, each seen for the first time, in the last tenth of a second. */
function batch(host: string, visits: number, to: number): QueryBatch {
  const sources = Array.from({ length: visits }, (_, index) => ({
    host,
    source: `192.0.2.${index}`,
    type: 'A' as const,
    queries: 1,
    exposure: 0,
    lastQuery: to,
    validUntil: to + 5_000,
  }));
  return { from: to - BATCH_MS, to, sources, rest: [] };
}

function feed({ state, watch, clock }: ReturnType<typeof control>, host: string, visits: number): void {
  clock.at += BATCH_MS;
  const queries = batch(host, visits, clock.at);
  state.book.addQueries(queries);
  watch.lookAtQueries(queries);
}

test('a page that gets hot asks for a pass at once, and only once', (t) => {
  const test = control(t);
  feed(test, A.host, 0);
  assert.equal(test.wakes(), 0);
  for (let i = 0; i < 5; i += 1) feed(test, A.host, 50);
  assert.equal(test.wakes(), 1);
  assert.deepEqual(
    eventsOf(test.events, 'surge').map(({ page }) => page),
    [A.path],
  );
  assert.ok(test.state.surgingSince.has(A.path));
});

test('requests seen by the origin are a surge, too', (t) => {
  const test = control(t);
  test.state.book.addReport('origin', test.clock.at - BATCH_MS, test.clock.at);
  for (let i = 0; i < 5; i += 1) {
    const from = test.clock.at;
    test.clock.at += BATCH_MS;
    const counts = [{ host: A.host, server: 'origin', from, to: test.clock.at, requests: 50 }];
    test.state.book.addRequests(counts);
    test.watch.lookAtRequests(counts);
  }
  assert.equal(eventsOf(test.events, 'surge').length, 1);
});

test('a page without a policy, an unknown host and a trickle are no surge', (t) => {
  const test = control(t);
  for (let i = 0; i < 5; i += 1) {
    feed(test, B.host, 50);
    feed(test, 'unknown.example.test', 50);
  }
  for (let i = 0; i < 20; i += 1) feed(test, A.host, i % 10 === 0 ? 1 : 0);
  assert.deepEqual(test.events, []);
  assert.equal(test.wakes(), 0);
});

test('a surge is over when nothing more is wanted', (t) => {
  const { state, watch } = control(t);
  state.surgingSince.set(A.path, 1);
  const decision = { page: A.path, desired: 2, serving: 1 };
  const planned = (serving: number): Parameters<SurgeWatch['decided']>[0] =>
    [{ path: A.path, policy: POLICY, decision: { ...decision, serving } }] as never;
  watch.decided(planned(1));
  assert.ok(state.surgingSince.has(A.path));
  watch.decided(planned(2));
  assert.ok(!state.surgingSince.has(A.path));
});

test('the reaction is the first answer with a replica that came to serve since the surge', (t) => {
  const { state, watch, clock, events } = control(t);
  const since = clock.at;
  const answers = [
    pageAnswer({ host: A.host, dns: POLICY.dns, replicas: [], desired: 1, originAddresses: ['127.0.0.1'] }),
  ];
  state.fleet.add(replicaFor(A, { stateSince: since - 1 }));
  watch.published(answers);
  state.surgingSince.set(A.path, since);
  watch.published(answers);
  assert.deepEqual(eventsOf(events, 'reacted'), []);
  const fresh = replicaFor(A, { stateSince: since + 100 });
  state.fleet.add(fresh);
  clock.at = since + 150;
  watch.published(answers);
  watch.published(answers);
  assert.deepEqual(eventsOf(events, 'reacted'), [
    { kind: 'reacted', at: clock.at, replica: fresh, seconds: 0.15 },
  ]);
  assert.ok(!state.surgingSince.has(A.path));
});
