import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HandControl, type Obeyed } from '../../src/control/by-hand.js';
import { countFailures, recordFailure } from '../../src/scale/history.js';
import type { Replica } from '../../src/scale/replica.js';
import { openStore, type Store } from '../../src/store/store.js';
import { type ControlUnderTest, controlState, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { parsed } from '../helpers/policy.js';
import { ManualClock, temporaryFolder } from '../helpers/store.js';

const [A, B] = [servedPage('a'), servedPage('b')];
const POLICY = policyOf();
const ME = '127.0.0.1:1 (admin token)';
const HOUR_MS = 3_600_000;

interface Scene extends ControlUnderTest {
  readonly hand: HandControl;
  readonly changes: () => number;
}

function scene(t: TestContext, replicas: readonly Replica[] = [], store?: Store): Scene {
  const under = controlState(t, {
    pages: [A, B],
    policies: [POLICY],
    replicas,
    ...(store === undefined ? {} : { store }),
  });
  let changes = 0;
  const hand = new HandControl(under.state, () => {
    changes += 1;
  });
  return { ...under, hand, changes: () => changes };
}

function lines(obeyed: Obeyed): string {
  assert.ok(obeyed.ok, JSON.stringify(obeyed));
  return obeyed.done.join('\n');
}

function refused(obeyed: Obeyed, kind: 'unknown' | 'conflict', message: RegExp): void {
  assert.ok(!obeyed.ok);
  assert.equal(obeyed.kind, kind);
  assert.match(obeyed.message, message);
  assert.notEqual(obeyed.hint, '');
}

test('a pin is in force until its time, is told who asked for it, and ends by itself', (t) => {
  const { hand, state, clock, events, changes } = scene(t);
  assert.match(
    lines(hand.pin(A.path, 3, HOUR_MS, ME)),
    /^\/a\.html: pinned at 3 since .*Z, until .*Z, by 127/,
  );
  assert.equal(changes(), 1);
  assert.equal(state.orders.forPage(A.path).pin?.replicas, 3);
  assert.equal(state.orders.forPage(B.path).pin, null);
  assert.deepEqual(state.orders.pinnedPages(), [A.path]);
  clock.at += HOUR_MS - 1;
  hand.expire();
  assert.equal(state.orders.forPage(A.path).pin?.replicas, 3);
  clock.at += 1;
  assert.equal(state.orders.forPage(A.path).pin, null, 'it ends at its moment, not when it is forgotten');
  hand.expire();
  assert.deepEqual(state.store.orders.all(), []);
  assert.equal(changes(), 2);
  assert.deepEqual(
    eventsOf(events, 'ordered').map(({ verb, page, by }) => [verb, page, by]),
    [
      ['pin', A.path, ME],
      ['expired', A.path, 'the clock'],
    ],
  );
});

test('a pin on a page whose policy only says what it would do says that nothing comes of it', (t) => {
  const { hand, state } = scene(t);
  state.catalogue.replacePolicies([policyOf('dryRun: true\n')]);
  assert.match(lines(hand.pin(A.path, 3, null, ME)), /nothing comes of it: policy test is a dry run/);
});

test('a second pin takes the place of the first, and unpin ends it', (t) => {
  const { hand, state } = scene(t);
  hand.pin(A.path, 3, null, ME);
  assert.match(lines(hand.pin(A.path, 0, null, ME)), /pinned at 0 .* until that is taken back/);
  assert.equal(state.orders.forPage(A.path).pin?.replicas, 0);
  assert.match(lines(hand.unpin(A.path, ME)), /its policy decides again/);
  assert.equal(state.orders.forPage(A.path).pin, null);
  refused(hand.unpin(A.path, ME), 'conflict', /is not pinned/);
});

test('pauses of a page and of every page are two things', (t) => {
  const { hand, state } = scene(t);
  refused(hand.resume(null, ME), 'conflict', /no pause of every page/);
  hand.pause(A.path, null, ME);
  assert.notEqual(state.orders.forPage(A.path).pause, null);
  assert.equal(state.orders.forPage(B.path).pause, null);
  hand.pause(null, HOUR_MS, ME);
  assert.match(state.orders.forPage(B.path).pause?.detail ?? '', /every page is paused/);
  assert.match(lines(hand.pin(B.path, 2, null, ME)), /nothing comes of it yet: every page is paused/);
  assert.match(lines(hand.resume(null, ME)), /^all: .*\nstill: \/a\.html: the page is paused/);
  assert.equal(state.orders.forPage(B.path).pause, null);
  assert.notEqual(state.orders.forPage(A.path).pause, null);
  lines(hand.resume(A.path, ME));
  assert.equal(state.orders.forPage(A.path).pause, null);
  refused(hand.resume(A.path, ME), 'conflict', /no pause of its own/);
});

test('what cannot be done is said with what to do', (t) => {
  const { hand, state, changes } = scene(t);
  refused(hand.pin('/none.html', 1, null, ME), 'unknown', /no page "\/none\.html"/);
  refused(hand.pause('/none.html', null, ME), 'unknown', /no page/);
  refused(hand.release('/none.html', ME), 'unknown', /no page/);
  refused(hand.release(A.path, ME), 'conflict', /no failures/);
  refused(hand.drain('abcd', ME), 'unknown', /no replica's id begins with abcd/);
  refused(hand.drain('', ME), 'unknown', /no replica/);
  state.catalogue.replacePolicies([]);
  refused(hand.pin(A.path, 1, null, ME), 'conflict', /no policy matches/);
  assert.equal(changes(), 0);
  assert.deepEqual(state.orders.all(), []);
});

test('orders outlive the daemon and the machine, and one that ended meanwhile is not taken up again', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const clock = new ManualClock();
  const first = parsed(openStore(file, clock, 'boot 1'));
  const before = scene(t, [], first);
  before.hand.pin(A.path, 3, 2 * HOUR_MS, ME);
  before.hand.pause(null, HOUR_MS, ME);
  const given = before.state.orders.all();
  first.close();
  const second = parsed(openStore(file, clock, 'boot 2'));
  const after = scene(t, [], second);
  assert.deepEqual(after.state.orders.all(), given);
  after.clock.at += HOUR_MS;
  assert.deepEqual(
    after.state.orders.all().map(({ kind }) => kind),
    ['pin'],
  );
  second.close();
});

test('a clock that is set forward ends an order sooner, and one that is set back later', (t) => {
  const { hand, state, clock } = scene(t);
  hand.pin(A.path, 3, HOUR_MS, ME);
  clock.at -= HOUR_MS;
  assert.notEqual(state.orders.pin(A.path), null);
  clock.at += 3 * HOUR_MS;
  assert.equal(state.orders.pin(A.path), null);
});

test('an order that the store refuses is not in force', (t) => {
  const { hand, state } = scene(t);
  const refusal = new Error('database or disk is full');
  t.mock.method(state.store.orders, 'save', () => {
    throw refusal;
  });
  assert.throws(() => hand.pin(A.path, 3, null, ME), refusal);
  assert.equal(state.orders.pin(A.path), null);
});

test('a drained replica leaves by the chart: the books first, then its driver is told', (t) => {
  const serving = replicaFor(A, { id: '11111111-aaaa', address: '127.77.0.1', answerTtl: 5_000 });
  const booting = replicaFor(A, {
    id: '22222222-aaaa',
    address: '127.77.0.2',
    state: 'booting',
    answerTtl: 0,
  });
  const { hand, state, driver, events } = scene(t, [serving, booting]);
  t.mock.method(driver, 'drain', async ({ id }: Replica) => {
    assert.equal(state.store.replicas.all().find((replica) => replica.id === id)?.state, 'draining');
  });
  assert.match(
    lines(hand.drain('1111', ME)),
    /11111111 on 127\.77\.0\.1 leaves the answers, drains, and ends\nanother/,
  );
  assert.equal(state.fleet.get(serving.id)?.state, 'draining');
  assert.match(state.fleet.get(serving.id)?.reason ?? '', /drained by hand, by 127/);
  hand.pause(A.path, null, ME);
  assert.match(lines(hand.drain(booting.id, ME)), /leaves the answers, and ends\nnone takes its place/);
  assert.equal(state.fleet.get(booting.id)?.state, 'stopping');
  assert.deepEqual(
    eventsOf(events, 'withdrawn').map(({ cause }) => cause),
    ['by_hand', 'by_hand'],
  );
  refused(hand.drain('1111', ME), 'conflict', /is draining already/);
});

test('the beginning of an id that fits several replicas is not enough', (t) => {
  const twins = ['3333-a', '3333-b'].map((id, index) =>
    replicaFor(A, { id, address: `127.77.0.${index + 1}` }),
  );
  const { hand, state } = scene(t, twins);
  refused(hand.drain('3333', ME), 'conflict', /2 replicas' ids/);
  refused(hand.drain('333', ME), 'unknown', /begins with 333/);
  lines(hand.drain('3333-b', ME));
  assert.equal(state.fleet.get('3333-a')?.state, 'serving');
});

test('a page is let out of quarantine', (t) => {
  const { hand, state, clock } = scene(t);
  state.histories.set(
    A.path,
    recordFailure(state.histories.get(A.path), replicaFor(A), HOUR_MS, clock.now()),
  );
  assert.match(lines(hand.release(A.path, ME)), /1 failures in a row are forgotten/);
  assert.equal(countFailures(state.histories.get(A.path)), 0);
});
