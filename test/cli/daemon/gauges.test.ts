import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gaugeSetter } from '../../../src/cli/daemon/gauges.js';
import { act, intend } from '../../../src/control/acting.js';
import { Decider } from '../../../src/control/deciding.js';
import { planFor } from '../../../src/control/planning.js';
import { createMetrics } from '../../../src/telemetry/recorder.js';
import { type ControlUnderTest, controlState, servedPage } from '../../helpers/control.js';
import { policyOf } from '../../helpers/policies.js';
import { parseMetrics } from '../../helpers/promlint.js';
import { StubDriver, turn } from '../../helpers/stub-driver.js';

const PAGE = servedPage('a');
const HOUR_MS = 3_600_000;

interface Shown {
  readonly control: ControlUnderTest;
  readonly xl: StubDriver;
  /** One pass of the loop, and what it leads to. */
  pass(): Promise<void>;
  /** The value of a sample after the gauges were set; undefined when there is none. */
  value(name: string, ...labels: string[]): Promise<number | undefined>;
}

function shown(t: TestContext, policyLines: string): Shown {
  const xl = new StubDriver('xl');
  const control = controlState(t, {
    pages: [PAGE],
    policies: [policyOf(policyLines)],
    otherDrivers: [xl],
    maxHourlyCost: 9,
  });
  const { state, clock } = control;
  const drivers = [control.driver, xl];
  const metrics = createMetrics({ clock, version: '1', drivers: drivers.map(({ name }) => name) });
  const setGauges = gaugeSetter(metrics);
  const set = (): void =>
    setGauges({ controller: { state, counters: () => null }, health: { failure: () => null }, drivers });
  return {
    control,
    xl,
    pass: async () => {
      const now = clock.now();
      const pages = new Decider(state).all(now);
      for (const { path, decision } of pages) state.decisions.set(path, decision);
      act(state, intend(state, planFor(state, pages, now), pages, now));
      await turn();
      set();
    },
    value: async (name, ...labels) => {
      const samples = parseMetrics(await metrics.render()).flatMap((metric) => metric.samples);
      const isMeant = (sample: (typeof samples)[number]): boolean =>
        sample.name === `hotzone_${name}` && labels.every((label) => sample.labels.includes(label));
      return samples.find(isMeant)?.value;
    },
  };
}

test('a driver that is full is shown with the time until which it rests', async (t) => {
  const { control, xl, pass, value } = shown(t, 'minReplicas: 1\nplacement: [{ driver: xl }]\n');
  xl.outcome = { ok: false, failure: { class: 'capacity', message: 'full' } };
  await pass();
  const until = await value('driver_backoff_until_timestamp_seconds', 'xl');
  assert.equal(until, (control.clock.wall() + 5_000) / 1_000);
  assert.equal(await value('driver_backoff_until_timestamp_seconds', 'process'), 0);
  control.clock.at += HOUR_MS;
  xl.outcome = { ok: true, ref: 'domain' };
  await pass();
  assert.equal(await value('driver_backoff_until_timestamp_seconds', 'xl'), 0);
});

test('calls beyond those that a driver gets at a time are shown as waiting', async (t) => {
  const { xl, pass, value } = shown(
    t,
    'minReplicas: 11\nmaxReplicas: 11\nplacement: [{ driver: xl, maxReplicas: 11 }]\n',
  );
  xl.isHeld = true;
  await pass();
  assert.equal(await value('driver_waiting_calls', 'xl'), 3);
  await xl.release();
});

test('a dry run desires replicas and misses none', async (t) => {
  const { pass, value } = shown(t, 'minReplicas: 2\ndryRun: true\n');
  await pass();
  assert.equal(await value('page_desired_replicas', PAGE.path), 2);
  assert.equal(await value('page_missing_replicas', PAGE.path), 0);
  assert.equal(await value('policy_dry_run'), 1);
});

test('replicas that boot are missing still, cost from the intent on, and their reasons are counted by page', async (t) => {
  const { control, pass, value } = shown(
    t,
    'minReplicas: 2\nplacement: [{ driver: process, hourlyCost: 0.25 }]\nbudget: { maxHourlyCost: 3 }\n',
  );
  // They boot for as long as the test goes on.
  control.driver.isHeld = true;
  await pass();
  assert.equal(await value('page_missing_replicas', PAGE.path), 2);
  assert.equal(await value('policy_reason_pages', 'reason="TooFewReplicas"'), 1);
  assert.equal(await value('budget_used_hourly_cost'), 0.5);
  assert.equal(await value('policy_hourly_cost'), 0.5);
  assert.deepEqual([await value('budget_max_hourly_cost'), await value('policy_max_hourly_cost')], [9, 3]);
  assert.equal(await value('instance_cost_total', 'process'), 0);
  control.clock.at += 2 * HOUR_MS;
  await pass();
  assert.equal(await value('instance_cost_total', 'process'), 1);
  await control.driver.release();
});
