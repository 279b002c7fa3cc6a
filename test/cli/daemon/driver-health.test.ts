import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DriverHealth } from '../../../src/cli/daemon/driver-health.js';
import type { DriverFailure } from '../../../src/driver/driver.js';
import { namedPolicy } from '../../helpers/policy.js';
import { StubDriver } from '../../helpers/stub-driver.js';

const FAILURE: DriverFailure = { class: 'config', message: 'no such thing here' };

class CheckedDriver extends StubDriver {
  failure: DriverFailure | null = null;
  checks = 0;

  override check(): Promise<DriverFailure | null> {
    this.checks += 1;
    return Promise.resolve(this.failure);
  }
}

function setUp() {
  const driver = new CheckedDriver();
  const errors: unknown[] = [];
  const log = { error: (fields: unknown) => void errors.push(fields) };
  return { driver, errors, health: new DriverHealth([driver], log as never) };
}

test('only drivers that a policy in force names look at the host, and only until they are found fit', async () => {
  const { driver, health } = setUp();
  await health.check([]);
  await health.check([namedPolicy('off', 'enabled: false')]);
  await health.check([namedPolicy('other', 'placement: [{ driver: qemu }]')]);
  assert.equal(driver.checks, 0);
  await health.check([namedPolicy('one'), namedPolicy('two')]);
  await health.check([namedPolicy('one')]);
  assert.equal(driver.checks, 1);
  assert.equal(health.failure('process'), null);
});

test('a driver that cannot run here is said, until it boots a replica all the same', async () => {
  const { driver, errors, health } = setUp();
  driver.failure = FAILURE;
  await health.check([namedPolicy('one')]);
  assert.deepEqual(health.failure('process'), FAILURE);
  assert.deepEqual(errors, [{ driver: 'process', ...FAILURE }]);
  const call = { kind: 'called', at: 0, driver: 'process', seconds: 0 } as const;
  health.note({ ...call, operation: 'create', result: 'config' });
  health.note({ ...call, operation: 'destroy', result: 'ok' });
  assert.deepEqual(health.failure('process'), FAILURE);
  health.note({ ...call, operation: 'create', result: 'ok' });
  assert.equal(health.failure('process'), null);
});
