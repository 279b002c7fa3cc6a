import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/clock.js';
import { Controller } from '../../src/control/controller.js';
import type { ControlEvent } from '../../src/control/events.js';
import { within } from '../../src/control/patience.js';
import type { ListedReplica, ReplicaCounters } from '../../src/driver/driver.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import type { Replica } from '../../src/scale/replica.js';
import { openStore } from '../../src/store/store.js';
import { added, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { parsed } from '../helpers/policy.js';
import { StubDriver } from '../helpers/stub-driver.js';

const PAGE = servedPage('a');
const POLICY = policyOf('minReplicas: 1\n');
const PATIENCE_MS = 20_000;

/** It can be told never to answer what is only looked at. */
class HangingDriver extends StubDriver {
  hangs = true;
  lists = 0;

  override list(): Promise<readonly ListedReplica[]> {
    this.lists += 1;
    return this.hangs ? new Promise(() => {}) : super.list();
  }

  override counters(replica: { readonly id: string }): Promise<ReplicaCounters | null> {
    return this.hangs ? new Promise(() => {}) : super.counters(replica);
  }
}

interface Life {
  readonly controller: Controller;
  readonly driver: HangingDriver;
  readonly events: ControlEvent[];
}

async function begin(t: TestContext, port: number, replicas: readonly Replica[]): Promise<Life> {
  const store = parsed(openStore(':memory:', systemClock));
  for (const replica of replicas) store.replicas.save(replica);
  const [driver, events] = [new HangingDriver(), [] as ControlEvent[]];
  const controller = new Controller({
    clock: systemClock,
    store,
    pool: parsed(parseAddressPool(['127.81.0.0/28'], '--pool')),
    drivers: [driver],
    port,
    maxInstances: 10,
    apex: 'example.test',
    originAddresses: ['127.0.0.1'],
    tickIntervalMs: 20,
    takeOriginReport: null,
    publish: async () => {},
    onEvent: (event) => events.push(event),
  });
  controller.replacePages(added(PAGE));
  controller.replacePolicies([POLICY]);
  await controller.begin();
  t.after(async () => {
    await controller.stop(false);
    store.close();
  });
  return { controller, driver, events };
}

/** Serves the page as a replica would; resolves to its port. */
async function serve(t: TestContext): Promise<number> {
  const identity = PAGE.bundle.representations[0];
  const server = createServer((_, response) =>
    response.setHeader('etag', identity?.etag ?? '').end(identity?.body),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

async function until(what: string, look: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!look()) {
    if (performance.now() > deadline) assert.fail(`waited in vain: ${what}`);
    await setTimeout(10);
  }
}

test('a driver that does not list its replicas keeps no daemon from starting: what can be probed is answered', async (t) => {
  const port = await serve(t);
  const known = { address: '127.0.0.1', createdAt: 0, answerTtl: 1_000 };
  const serving = replicaFor(PAGE, { ...known, state: 'serving' });
  const planned = replicaFor(PAGE, { state: 'planned', ref: '', createdAt: 0 });
  const { controller, driver, events } = await begin(t, port, [serving, planned]);
  assert.equal(controller.state.fleet.get(serving.id)?.state, 'serving');
  assert.deepEqual(
    controller.answer(PAGE.host)?.addresses.map(({ address }) => address),
    ['127.0.0.1'],
  );
  assert.match(eventsOf(events, 'trouble')[0]?.what ?? '', /driver process cannot list its replicas/);
  // It may have been started, and nobody can tell: it is ended.
  await until('the planned one is destroyed', () => driver.calls.includes(`destroy ${planned.id}`));
});

test('the loop goes on while lists and counters hang, and what a list has later is seen', async (t) => {
  const { controller, driver, events } = await begin(t, await serve(t), []);
  controller.start();
  await until('a boot', () => driver.calls.some((call) => call.startsWith('create ')));
  await until('a list that hangs', () => driver.lists === 2);
  const ticks = (): number => eventsOf(events, 'ticked').length;
  const before = ticks();
  await until('passes', () => ticks() > before + 5);
  driver.hangs = false;
  driver.add('orphan');
  await until('the orphan is destroyed', () => driver.calls.includes('destroy orphan'));
  assert.equal(eventsOf(events, 'orphan').length, 1);
});

test('a list that rejects is trouble each time, and changes nothing', async (t) => {
  const { controller, driver, events } = await begin(t, await serve(t), []);
  driver.hangs = false;
  driver.errors.set('list', new Error('the hypervisor is away'));
  controller.start();
  await until('a boot', () => controller.state.fleet.all().length === 1);
  const [replica] = controller.state.fleet.all();
  const troubles = (): number => eventsOf(events, 'trouble').length;
  const before = troubles();
  await until('two lists', () => troubles() >= before + 2);
  assert.deepEqual(
    controller.state.fleet.all().map(({ id }) => id),
    [replica?.id],
  );
  assert.ok(!driver.calls.some((call) => call.startsWith('destroy')));
});

test('patience ends with a reason, and what comes in time is as it came', async () => {
  await assert.rejects(within(10, 'waiting', new Promise(() => {})), /waiting took more than 0\.01 s/);
  assert.equal(await within(1_000, 'waiting', Promise.resolve(7)), 7);
  await assert.rejects(within(1_000, 'waiting', Promise.reject(new Error('its own'))), /its own/);
});
