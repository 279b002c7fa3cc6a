import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { countFailures, NO_HISTORY } from '../../src/scale/history.js';
import type { Replica } from '../../src/scale/replica.js';
import { type ControlUnderTest, controlState, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { turn } from '../helpers/stub-driver.js';

const PAGE = servedPage('a');
const POLICY = policyOf(`
probe: { successThreshold: 2, failureThreshold: 3 }
instance: { bootTimeout: 10s }
backoff: { initial: 10s }
dns: { drain: { gracePeriod: 5s, maxDuration: 60s } }
`);

function keeperWith(
  t: Parameters<typeof controlState>[0],
  fields: Partial<Replica>,
): ControlUnderTest & { readonly id: string; readonly now: () => Replica } {
  const replica = replicaFor(PAGE, { address: '127.77.0.1', ...fields });
  const control = controlState(t, { pages: [PAGE], policies: [POLICY], replicas: [replica] });
  const now = (): Replica => {
    const found = control.state.fleet.get(replica.id);
    assert.ok(found !== undefined, 'the replica is gone');
    return found;
  };
  return { ...control, id: replica.id, now };
}

function failures({ state }: ControlUnderTest): number {
  return countFailures(state.histories.get(PAGE.path));
}

test('a driver that accepts a boot gives its handle, and the replica boots', (t) => {
  const { keeper, id, now } = keeperWith(t, { state: 'planned', ref: '' });
  keeper.created(id, { ok: true, ref: 'pid 7' });
  assert.equal(now().state, 'booting');
  assert.equal(now().ref, 'pid 7');
});

test('a driver that refuses is a failure with its words, and the replica is ended', async (t) => {
  const test = keeperWith(t, { state: 'planned', ref: '' });
  test.keeper.created(test.id, { ok: false, failure: { class: 'transient', message: 'no answer' } });
  assert.equal(test.now().state, 'failed');
  assert.equal(test.now().reason, 'its driver could not start it (transient): no answer');
  assert.equal(failures(test), 1);
  assert.deepEqual(
    eventsOf(test.events, 'failed').map(({ cause }) => cause),
    ['transient'],
  );
  await turn();
  assert.equal(test.now().state, 'gone');
  assert.deepEqual(test.driver.calls, [`destroy ${test.id}`]);
  assert.ok(test.wakes() > 0);
});

test('a driver that is full rests, longer each time and until it works; that says nothing against the page', (t) => {
  const full = { ok: false, failure: { class: 'capacity', message: 'no memory' } } as const;
  const test = keeperWith(t, { state: 'planned', ref: '' });
  const rest = (): number => (test.state.breakers.resting.get('process') ?? 0) - test.clock.now();
  test.keeper.created(test.id, full);
  assert.equal(test.now().state, 'failed');
  assert.equal(failures(test), 0);
  assert.equal(rest(), 5_000);
  test.keeper.created(test.id, full);
  assert.equal(rest(), 5_000, 'two that were asked at the same time are one failure');
  test.clock.at += 5_000;
  test.keeper.created(test.id, full);
  assert.equal(rest(), 10_000);
  test.keeper.created(test.id, { ok: true, ref: 'pid 7' });
  assert.ok(!test.state.breakers.resting.has('process'));
});

test('a handle that comes after the replica was given up is kept, and starts nothing', (t) => {
  const { keeper, id, now } = keeperWith(t, { state: 'stopping', ref: '' });
  keeper.created(id, { ok: true, ref: 'pid 7' });
  assert.equal(now().state, 'stopping');
  assert.equal(now().ref, 'pid 7');
  keeper.created(id, { ok: false, failure: { class: 'config', message: '' } });
  assert.equal(now().state, 'stopping');
  keeper.created('unknown', { ok: true, ref: 'x' });
});

test('good probes in a row let it serve, and one bad one begins the count anew', (t) => {
  const { keeper, id, now, wakes } = keeperWith(t, { state: 'booting' });
  keeper.probed(id, { kind: 'ok' });
  assert.equal(now().state, 'probing');
  assert.equal(now().probeStreak, 1);
  keeper.probed(id, { kind: 'unreachable', detail: 'x' });
  keeper.probed(id, { kind: 'ok' });
  assert.equal(now().state, 'probing');
  assert.equal(wakes(), 0);
  keeper.probed(id, { kind: 'ok' });
  assert.equal(now().state, 'serving');
  assert.equal(wakes(), 1);
});

test('a replica that does not come to serve in time has failed', async (t) => {
  const test = keeperWith(t, { state: 'booting', stateSince: 1_000_000 });
  test.driver.words = 'panic: no root device';
  test.clock.at += 9_999;
  test.keeper.probed(test.id, { kind: 'unreachable', detail: 'refused' });
  assert.equal(test.now().state, 'booting');
  test.clock.at += 1;
  test.keeper.probed(test.id, { kind: 'unreachable', detail: 'refused' });
  assert.equal(test.now().state, 'failed');
  await turn();
  assert.equal(
    test.now().reason,
    'it did not serve within 10 s: refused; it said: panic: no root device',
    'its last words are part of the reason',
  );
  assert.equal(eventsOf(test.events, 'failed')[0]?.cause, 'boot_timeout');
  assert.equal(failures(test), 1);
});

test('one that served well and then fails its probes says nothing against the next one', (t) => {
  const test = keeperWith(t, { state: 'serving', stateSince: 0 });
  test.state.histories.set(PAGE.path, { ...NO_HISTORY, failures: { process: { count: 2, at: 1 } } });
  for (let i = 0; i < 3; i += 1) test.keeper.probed(test.id, { kind: 'wrong', detail: 'status 500' });
  assert.equal(test.now().state, 'failed');
  assert.equal(eventsOf(test.events, 'failed')[0]?.cause, 'died');
  assert.equal(failures(test), 0);
});

test('one that failed right after it came to serve counts', (t) => {
  const test = keeperWith(t, { state: 'serving', stateSince: 1_000_000 });
  test.clock.at += 9_999;
  for (let i = 0; i < 3; i += 1) test.keeper.probed(test.id, { kind: 'unreachable', detail: 'x' });
  assert.equal(test.now().state, 'failed');
  assert.equal(failures(test), 1);
});

test('absence is death only when two lists in a row lack it', async (t) => {
  const test = keeperWith(t, { state: 'serving' });
  const missing = (): void => test.keeper.found({ kind: 'missing', replica: test.now() });
  missing();
  assert.equal(test.now().state, 'serving');
  test.keeper.seen([test.id]);
  missing();
  assert.equal(test.now().state, 'serving');
  missing();
  assert.equal(test.now().state, 'lost');
  await turn();
  assert.equal(test.now().state, 'gone');
  assert.match(test.now().reason, /missing from 2 lists/);
});

test('one that its driver lists as ended has failed at once', (t) => {
  const test = keeperWith(t, { state: 'serving' });
  test.keeper.found({ kind: 'dead', replica: test.now() });
  assert.equal(test.now().state, 'failed');
  assert.equal(test.now().reason, 'it ended by itself');
});

test('a handle that was lost in a crash is taken from the list', (t) => {
  const test = keeperWith(t, { state: 'booting', ref: '' });
  test.keeper.found({ kind: 'found', replica: test.now(), ref: 'pid 9' });
  assert.equal(test.now().ref, 'pid 9');
});

test('what drains is ended once no cache holds its address and it is idle, and not before', async (t) => {
  const start = 1_000_000;
  const fields = { state: 'draining', stateSince: start, answerTtl: 30_000, withdrawnAt: start } as const;
  const test = keeperWith(t, { ...fields, busyAt: start });
  test.clock.at = start + 34_999;
  test.keeper.sweep();
  assert.equal(test.now().state, 'draining');
  test.clock.at = start + 35_000;
  test.state.fleet.patch(test.id, { busyAt: test.clock.at });
  test.keeper.sweep();
  assert.equal(test.now().state, 'draining', 'a connection is open');
  test.clock.at = start + 60_000;
  test.state.fleet.patch(test.id, { busyAt: test.clock.at });
  test.keeper.sweep();
  assert.equal(test.now().state, 'stopping', 'there is a hard cap');
  await turn();
  assert.equal(test.now().state, 'gone');
});

test('what could not be destroyed is destroyed again with the next pass', async (t) => {
  const test = keeperWith(t, { state: 'stopping' });
  test.driver.errors.set('destroy', new Error('xl says no'));
  test.keeper.sweep();
  await turn();
  assert.equal(test.now().state, 'stopping');
  assert.match(eventsOf(test.events, 'trouble')[0]?.what ?? '', /cannot destroy replica/);
  test.driver.errors.clear();
  test.keeper.sweep();
  await turn();
  assert.equal(test.now().state, 'gone');
});

test('what is gone gives its address back, into quarantine', async (t) => {
  const test = keeperWith(t, { state: 'stopping' });
  test.keeper.sweep();
  await turn();
  test.state.store.transaction(() => test.state.addresses.save(test.state.store));
  assert.deepEqual(test.state.store.leases.all(), [
    { address: '127.77.0.1', replica: test.id, page: PAGE.path, releasedAt: test.clock.at },
  ]);
  assert.equal(test.keeper.wasDestroyedSince(test.id, test.clock.at), true);
  assert.equal(test.keeper.wasDestroyedSince(test.id, test.clock.at + 1), false);
});

test('a driver that throws fails the boot, and only that', (t) => {
  const booting = keeperWith(t, { state: 'planned', ref: '' });
  booting.keeper.threw(booting.id, 'create', new Error('bug'));
  assert.equal(booting.now().state, 'failed');
  const draining = keeperWith(t, { state: 'draining' });
  draining.keeper.threw(draining.id, 'drain', new Error('bug'));
  assert.equal(draining.now().state, 'draining');
  assert.equal(eventsOf(draining.events, 'trouble').length, 1);
});

test('ending everything ends every replica in whatever state, and waits for it', async (t) => {
  const states = ['planned', 'booting', 'probing', 'serving', 'draining', 'stopping'] as const;
  const replicas = states.map((state) => replicaFor(PAGE, { state }));
  const { keeper, driver, state } = controlState(t, { pages: [PAGE], policies: [POLICY], replicas });
  await keeper.endAll();
  assert.deepEqual([...driver.calls].sort(), replicas.map(({ id }) => `destroy ${id}`).sort());
  assert.ok(state.fleet.all().every((replica) => replica.state === 'gone'));
});

test('a replica that cannot be ended is tried again, and in the end does not keep the daemon', async (t) => {
  const test = keeperWith(t, { state: 'serving' });
  test.driver.errors.set('destroy', new Error('xl says no'));
  const ended = test.keeper.endAll();
  await turn();
  test.clock.at += 1_000;
  while (test.driver.calls.length < 2) await setTimeout(1);
  assert.equal(test.now().state, 'stopping');
  test.clock.at += 30_000;
  await ended;
  assert.equal(eventsOf(test.events, 'trouble').at(-1)?.what, 'not every replica could be ended');
});

test('settling waits until it is known who serves, or patience has run out', async (t) => {
  const test = keeperWith(t, { state: 'probing' });
  const settled = test.keeper.settled(1_000);
  test.keeper.probed(test.id, { kind: 'ok' });
  test.keeper.probed(test.id, { kind: 'ok' });
  await settled;
  const other = keeperWith(t, { state: 'probing' });
  const patience = other.keeper.settled(1_000);
  other.clock.at += 1_000;
  await patience;
  assert.equal(other.now().state, 'probing');
});

test('what caches know and nobody wants any more drains from the start, and is not waited for', async (t) => {
  const stale = replicaFor(servedPage('a', 0), { answerTtl: 30_000 });
  const { keeper, state, events } = controlState(t, { pages: [PAGE], policies: [POLICY], replicas: [stale] });
  keeper.adopted(stale);
  await keeper.settled(1_000);
  assert.equal(state.fleet.get(stale.id)?.state, 'draining');
  assert.equal(eventsOf(events, 'withdrawn')[0]?.cause, 'stale_content');
});
