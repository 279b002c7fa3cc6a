import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act, intend } from '../../src/control/acting.js';
import { Decider } from '../../src/control/deciding.js';
import { planFor } from '../../src/control/planning.js';
import type { DriverFailure } from '../../src/driver/driver.js';
import { type ControlUnderTest, controlState, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { StubDriver, turn } from '../helpers/stub-driver.js';

const PAGE = servedPage('a');
const POLICY = policyOf('minReplicas: 2\nplacement: [{ driver: xl }, { driver: process }]\n');

function pass({ state }: ControlUnderTest): string {
  const now = state.clock.now();
  const pages = new Decider(state).all(now);
  const intent = intend(state, planFor(state, pages, now), pages, now);
  act(state, intent);
  return intent.boots.map(({ driver }) => driver).join(' ');
}

function refusing(kind: DriverFailure['class']): StubDriver {
  const driver = new StubDriver('xl');
  driver.outcome = { ok: false, failure: { class: kind, message: 'no' } };
  return driver;
}

for (const kind of ['capacity', 'transient', 'config'] as const) {
  test(`when the first placement fails (${kind}) the next one boots at once, and the first is asked again later`, async (t) => {
    const xl = refusing(kind);
    const control = controlState(t, { pages: [PAGE], policies: [POLICY], otherDrivers: [xl] });
    assert.equal(pass(control), 'xl xl');
    const before = control.wakes();
    await turn();
    assert.ok(control.wakes() > before, 'the loop does not wait for its next tick');
    assert.equal(pass(control), 'process process');
    await turn();
    assert.equal(control.driver.listed.size, 2);
    assert.equal(pass(control), '');

    for (const { id } of control.state.fleet.all().filter(({ state }) => state === 'booting'))
      control.keeper.end(control.state.fleet.get(id) ?? assert.fail());
    await turn();
    xl.outcome = { ok: true, ref: 'domain' };
    control.clock.at += 600_000;
    assert.equal(pass(control), 'xl xl');
  });
}

test('a driver that hangs keeps no other from booting', async (t) => {
  const xl = new StubDriver('xl');
  xl.isHeld = true;
  const many = policyOf(
    'minReplicas: 12\nmaxReplicas: 12\nplacement: [{ driver: xl, maxReplicas: 10 }, { driver: process }]\n',
  );
  const control = controlState(t, { pages: [PAGE], policies: [many], otherDrivers: [xl] });
  pass(control);
  await turn();
  assert.equal(control.driver.listed.size, 2);
  assert.equal(xl.pending.length, 8, 'as many calls as one driver gets at a time');
  await xl.release();
});
