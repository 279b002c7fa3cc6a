import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Actuator } from '../../src/control/actuator.js';
import type { DriverCall } from '../../src/control/events.js';
import type { Replica } from '../../src/scale/replica.js';
import { replicaOf } from '../helpers/replicas.js';
import { StubDriver, turn } from '../helpers/stub-driver.js';

const MOST_AT_ONCE = 8;

interface ActuatorUnderTest {
  readonly actuator: Actuator;
  readonly driver: StubDriver;
  /** What was reported, in order. */
  readonly reports: string[];
  readonly calls: DriverCall[];
}

function actuatorOf(isDryRun: (replica: Replica) => boolean = () => false): ActuatorUnderTest {
  const driver = new StubDriver();
  const reports: string[] = [];
  const calls: DriverCall[] = [];
  const actuator = new Actuator({
    drivers: new Map([['process', driver]]),
    owner: 'me',
    port: 80,
    isDryRun,
    placementOf: () => undefined,
    onCreated: (id, outcome) =>
      reports.push(
        `created ${id} ${outcome.ok ? outcome.ref : `${outcome.failure.class}: ${outcome.failure.message}`}`,
      ),
    onDestroyed: (id) => reports.push(`destroyed ${id}`),
    onError: (id, operation, error) => reports.push(`${operation} ${id} threw ${String(error)}`),
    observe: (call) => calls.push(call),
    now: () => 0,
  });
  return { actuator, driver, reports, calls };
}

function planned(id: string, fields: Partial<Replica> = {}): Replica {
  return replicaOf({ id, state: 'planned', ...fields });
}

test('a boot is one create call, and its outcome is reported and observed', async () => {
  const { actuator, driver, reports, calls } = actuatorOf();
  actuator.boot(planned('1'));
  await turn();
  assert.deepEqual(driver.calls, ['create 1']);
  assert.deepEqual(reports, ['created 1 ref']);
  assert.deepEqual(calls, [{ driver: 'process', operation: 'create', result: 'ok', seconds: 0 }]);
});

test('a refusal is reported with its class', async () => {
  const { actuator, driver, reports, calls } = actuatorOf();
  driver.outcome = { ok: false, failure: { class: 'capacity', message: 'no memory' } };
  actuator.boot(planned('1'));
  await turn();
  assert.deepEqual(reports, ['created 1 capacity: no memory']);
  assert.equal(calls[0]?.result, 'capacity');
});

test('a dry run’s replica can neither be booted nor drained; that would be a bug, and throws', async () => {
  const { actuator, driver } = actuatorOf((replica) => replica.page === '/dry.html');
  const dry = planned('1', { page: '/dry.html' });
  assert.throws(() => actuator.boot(dry), /a dry run must not touch replica 1 of \/dry\.html/);
  assert.throws(() => actuator.drain(dry), /a dry run must not touch/);
  actuator.boot(planned('2'));
  await turn();
  assert.deepEqual(driver.calls, ['create 2']);
});

test('what has left the answers may be told so, also when its policy has become a dry run', async () => {
  const { actuator, driver } = actuatorOf(() => true);
  actuator.drain(planned('1', { state: 'draining' }));
  actuator.destroy(planned('2', { state: 'stopping' }));
  await turn();
  assert.deepEqual(driver.calls, ['drain 1', 'destroy 2']);
});

test('a stopped actuator makes no call that has not begun', async () => {
  const { actuator, driver } = actuatorOf();
  driver.isHeld = true;
  for (let i = 0; i < MOST_AT_ONCE + 3; i += 1) actuator.boot(planned(String(i)));
  await turn();
  actuator.stop();
  driver.isHeld = false;
  await driver.release();
  assert.equal(driver.calls.length, MOST_AT_ONCE);
});

test('create and destroy of one replica never overlap', async () => {
  const { actuator, driver, reports } = actuatorOf();
  driver.isHeld = true;
  actuator.boot(planned('1'));
  await turn();
  actuator.destroy(planned('1'));
  await turn();
  assert.deepEqual(driver.pending, ['create 1']);
  await driver.release('create 1');
  assert.deepEqual(driver.pending, ['destroy 1']);
  await driver.release('destroy 1');
  assert.deepEqual(reports, ['created 1 ref', 'destroyed 1']);
});

test('what is given up before its turn came is never created, and destroyed all the same', async () => {
  const { actuator, driver, reports } = actuatorOf();
  driver.isHeld = true;
  for (let i = 0; i < MOST_AT_ONCE; i += 1) actuator.boot(planned(`busy ${i}`));
  actuator.boot(planned('late'));
  actuator.destroy(planned('late'));
  await turn();
  driver.isHeld = false;
  await driver.release();
  await turn();
  assert.ok(!driver.calls.includes('create late'), driver.calls.join());
  assert.ok(driver.calls.includes('destroy late'));
  assert.ok(reports.includes('destroyed late'));
  assert.ok(!reports.some((report) => report.startsWith('created late')));
});

test('only so many calls run at once, and all of them in the end', async () => {
  const { actuator, driver, reports } = actuatorOf();
  driver.isHeld = true;
  const ids = Array.from({ length: 3 * MOST_AT_ONCE }, (_, index) => String(index));
  for (const id of ids) actuator.boot(planned(id));
  for (let wave = 1; wave <= 3; wave += 1) {
    await turn();
    assert.equal(driver.pending.length, MOST_AT_ONCE);
    assert.equal(driver.calls.length, wave * MOST_AT_ONCE);
    await driver.release();
  }
  await turn();
  assert.equal(reports.length, ids.length);
});

test('destroying what is being destroyed is one call, and later it may be called again', async () => {
  const { actuator, driver } = actuatorOf();
  driver.isHeld = true;
  actuator.destroy(planned('1'));
  actuator.destroy(planned('1'));
  await turn();
  assert.deepEqual(driver.calls, ['destroy 1']);
  await driver.release();
  actuator.destroy(planned('1'));
  await turn();
  assert.deepEqual(driver.calls, ['destroy 1', 'destroy 1']);
  await driver.release();
});

test('a call that throws is reported, and the next one for the replica runs', async () => {
  const { actuator, driver, reports, calls } = actuatorOf();
  driver.errors.set('destroy', new Error('bug'));
  actuator.destroy(planned('1'));
  await turn();
  assert.deepEqual(reports, ['destroy 1 threw Error: bug']);
  assert.equal(calls[0]?.result, 'error');
  driver.errors.clear();
  actuator.destroy(planned('1'));
  await turn();
  assert.deepEqual(reports.slice(1), ['destroyed 1']);
});

test('a replica of a driver that this daemon does not have is refused', async () => {
  const { actuator, driver, reports } = actuatorOf();
  actuator.boot(planned('1', { driver: 'xl' }));
  await turn();
  assert.deepEqual(reports, ['created 1 config: this daemon runs without the driver xl']);
  assert.deepEqual(driver.calls, []);
  assert.equal(await actuator.counters(planned('1', { driver: 'xl' })), null);
  assert.equal(await actuator.lastWords(planned('1', { driver: 'xl' })), '');
});
