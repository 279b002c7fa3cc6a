import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Observer } from '../../src/control/observer.js';
import type { ReplicaCounters } from '../../src/driver/driver.js';
import type { Replica, ReplicaState } from '../../src/scale/replica.js';
import { type ControlUnderTest, controlState, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { turn } from '../helpers/stub-driver.js';

const PAGE = servedPage('a');
const PATIENCE_MS = 10_000;

interface ObserverUnderTest extends ControlUnderTest {
  readonly observer: Observer;
  readonly stateOf: (id: string) => ReplicaState | undefined;
}

function observerWith(t: Parameters<typeof controlState>[0], ...replicas: Replica[]): ObserverUnderTest {
  const control = controlState(t, { pages: [PAGE], policies: [policyOf()], replicas });
  const observer = new Observer(control.state, control.keeper, [control.driver]);
  return { ...control, observer, stateOf: (id) => control.state.fleet.get(id)?.state };
}

function one(state: ReplicaState, fields: Partial<Replica> = {}): Replica {
  return replicaFor(PAGE, { id: state, state, ...fields });
}

function counters(requests: number, openConnections = 0): ReplicaCounters {
  return { requests, bytes: 0, openConnections, uptime: 1 };
}

test('what runs and was on its way up, or served, is probed before anything else', async (t) => {
  const replicas = (['planned', 'booting', 'probing', 'serving'] as const).map((state) => one(state));
  const { observer, driver, stateOf, state } = observerWith(t, ...replicas);
  for (const { id } of replicas) driver.add(id, { ref: `ref of ${id}` });
  await observer.adoptAll(PATIENCE_MS);
  assert.deepEqual(
    replicas.map(({ id }) => stateOf(id)),
    ['booting', 'booting', 'probing', 'probing'],
  );
  assert.equal(state.fleet.get('planned')?.ref, 'ref of planned');
  assert.deepEqual(driver.calls, []);
});

test('what drains goes on draining, from now on at the latest', async (t) => {
  const answered = one('draining', { answerTtl: 30_000, withdrawnAt: null });
  const { observer, driver, state, clock } = observerWith(t, answered);
  driver.add(answered.id);
  await observer.adoptAll(PATIENCE_MS);
  await turn();
  assert.deepEqual(driver.calls, ['drain draining']);
  assert.equal(state.fleet.get(answered.id)?.withdrawnAt, clock.at);
});

test('a dry run does not keep the daemon from taking over what drains', async (t) => {
  const draining = one('draining', { answerTtl: 30_000 });
  const control = controlState(t, {
    pages: [PAGE],
    policies: [policyOf('dryRun: true\n')],
    replicas: [draining],
  });
  control.driver.add(draining.id);
  await new Observer(control.state, control.keeper, [control.driver]).adoptAll(PATIENCE_MS);
  await turn();
  assert.equal(control.state.fleet.get(draining.id)?.state, 'draining');
  assert.deepEqual(control.driver.calls, ['drain draining']);
});

test('an address that an earlier daemon answered with left the answers with that daemon', async (t) => {
  const serving = one('serving', { answerTtl: 30_000, withdrawnAt: null });
  const probing = one('probing', { answerTtl: 0, withdrawnAt: null });
  const { observer, driver, state, clock } = observerWith(t, serving, probing);
  for (const { id } of [serving, probing]) driver.add(id);
  await observer.adoptAll(PATIENCE_MS);
  assert.equal(state.fleet.get(serving.id)?.withdrawnAt, clock.at);
  assert.equal(state.fleet.get(probing.id)?.withdrawnAt, null);
});

test('what was being ended, or had failed, is ended again', async (t) => {
  const replicas = (['stopping', 'failed', 'lost'] as const).map((state) => one(state));
  const { observer, driver, stateOf } = observerWith(t, ...replicas);
  for (const { id } of replicas) driver.add(id);
  await observer.adoptAll(PATIENCE_MS);
  await turn();
  assert.deepEqual([...driver.calls].sort(), ['destroy failed', 'destroy lost', 'destroy stopping']);
  for (const { id } of replicas) assert.equal(stateOf(id), 'gone');
});

test('what ended while no daemon ran is lost, and its leftovers are removed', async (t) => {
  const replicas = (['planned', 'booting', 'serving', 'draining'] as const).map((state) => one(state));
  const { observer, driver, stateOf, state } = observerWith(t, ...replicas);
  driver.add('booting', { running: false });
  await observer.adoptAll(PATIENCE_MS);
  await turn();
  for (const { id } of replicas) assert.equal(stateOf(id), 'gone', id);
  assert.equal(driver.calls.length, replicas.length);
  assert.deepEqual(state.histories.get(PAGE.path).failures, {}, 'that says nothing against the next one');
});

test('what carries our tag and is in no book is destroyed, at the start and later', async (t) => {
  const { observer, driver, events } = observerWith(t);
  driver.add('orphan 1');
  await observer.adoptAll(PATIENCE_MS);
  await turn();
  driver.add('orphan 2');
  await observer.listAll();
  await turn();
  assert.deepEqual(driver.calls, ['destroy orphan 1', 'destroy orphan 2']);
  assert.deepEqual(
    eventsOf(events, 'orphan').map(({ id }) => id),
    ['orphan 1', 'orphan 2'],
  );
});

test('without a list nobody is given up but those that never started; probes tell the rest', async (t) => {
  const replicas = (['planned', 'booting', 'serving', 'draining'] as const).map((state) => one(state));
  const { observer, driver, stateOf, events } = observerWith(t, ...replicas);
  driver.errors.set('list', new Error('xl does not answer'));
  await observer.adoptAll(PATIENCE_MS);
  await turn();
  assert.deepEqual(
    replicas.map(({ id }) => stateOf(id)),
    ['gone', 'booting', 'probing', 'draining'],
  );
  assert.match(eventsOf(events, 'trouble')[0]?.what ?? '', /driver process cannot list its replicas/);
  await observer.listAll();
  await observer.listAll();
  await observer.listAll();
  assert.equal(stateOf('serving'), 'probing', 'a list that fails is no list without it');
});

test('a replica is lost when two lists in a row lack it, and failed when one says that it ended', async (t) => {
  const { observer, driver, stateOf, clock } = observerWith(t, one('serving'), one('booting'));
  driver.add('booting', { running: false });
  clock.at += 1;
  await observer.listAll();
  assert.equal(stateOf('serving'), 'serving');
  assert.notEqual(stateOf('booting'), 'booting');
  await observer.listAll();
  await turn();
  assert.equal(stateOf('serving'), 'gone');
});

test('a list that was asked for before a replica was destroyed makes it no orphan', async (t) => {
  const { observer, driver, keeper, events, state, clock } = observerWith(t, one('stopping'));
  driver.add('stopping');
  let answer: () => void = () => {};
  driver.listing = new Promise((resolve) => {
    answer = resolve;
  });
  const listed = observer.listAll();
  clock.at += 5;
  keeper.sweep();
  await turn();
  state.fleet.saved();
  assert.equal(state.fleet.get('stopping'), undefined);
  answer();
  await listed;
  assert.deepEqual(eventsOf(events, 'orphan'), []);
  clock.at += 5;
  driver.add('stopping');
  await observer.listAll();
  assert.equal(eventsOf(events, 'orphan').length, 1, 'a later list that still has it is another matter');
});

test('requests are the difference of two readings', async (t) => {
  const { observer, driver, state, clock } = observerWith(t, one('serving'));
  const rate = (): number | undefined =>
    state.book.load(PAGE.host, clock.at, ['serving']).requestRate?.stable;
  const count = async (requests: number): Promise<void> => {
    clock.at += 1_000;
    driver.counts.set('serving', counters(requests));
    state.book.addReport('origin', clock.at - 1_000, clock.at);
    await observer.countAll();
  };
  await count(1_000);
  assert.equal(rate(), 0, 'what was served before the first reading may be hours old');
  assert.deepEqual(observer.counters('serving'), counters(1_000));
  await count(1_060);
  const afterSixty = rate() ?? 0;
  assert.ok(afterSixty > 0);
  await count(1_060);
  await count(3);
  assert.ok((rate() ?? 0) <= afterSixty, 'a counter that began anew counts nothing');
});

test('what probes have asked for is no visit', async (t) => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const replica = one('serving', { address: '127.0.0.1' });
  const control = controlState(t, { pages: [PAGE], policies: [policyOf()], replicas: [replica], port });
  const { state, driver, clock } = control;
  const observer = new Observer(state, control.keeper, [driver]);
  state.book.addReport('origin', clock.at, clock.at + 2_000);
  driver.counts.set(replica.id, counters(10));
  await observer.countAll();
  const asked = once(server, 'request');
  state.prober.start(replica.id);
  await asked;
  while (state.prober.sent(replica.id) < 1) await turn();
  state.prober.stop(replica.id);
  clock.at += 1_000;
  driver.counts.set(replica.id, counters(10 + state.prober.sent(replica.id)));
  await observer.countAll();
  assert.equal(state.book.load(PAGE.host, clock.at, [replica.id]).requestRate?.stable, 0);
  clock.at += 1_000;
  driver.counts.set(replica.id, counters(11 + state.prober.sent(replica.id)));
  await observer.countAll();
  assert.ok((state.book.load(PAGE.host, clock.at, [replica.id]).requestRate?.stable ?? 0) > 0);
});

test('a replica that does not answer has no counters: no data is not zero', async (t) => {
  const { observer, driver } = observerWith(t, one('serving'));
  driver.counts.set('serving', counters(5));
  await observer.countAll();
  driver.counts.set('serving', null);
  await observer.countAll();
  assert.equal(observer.counters('serving'), null);
  assert.equal(observer.counters('unknown'), null);
});

test('a draining replica is busy while connections are open, or it does not say', async (t) => {
  const { observer, driver, state, clock } = observerWith(t, one('draining', { busyAt: 0 }));
  const busyAt = (): number | undefined => state.fleet.get('draining')?.busyAt;
  driver.counts.set('draining', counters(5, 1));
  await observer.countAll();
  assert.equal(busyAt(), clock.at);
  const before = clock.at;
  clock.at += 1_000;
  driver.counts.set('draining', counters(5, 0));
  await observer.countAll();
  assert.equal(busyAt(), before);
  driver.counts.set('draining', null);
  await observer.countAll();
  assert.equal(busyAt(), clock.at);
});
