import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Clock, systemClock } from '../../src/clock.js';
import { Controller } from '../../src/control/controller.js';
import type { ControlEvent } from '../../src/control/events.js';
import type { Publication } from '../../src/dns/publication.js';
import type { QueryBatch } from '../../src/load/batch.js';
import type { Policy } from '../../src/policy/policy.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import type { Replica } from '../../src/scale/replica.js';
import type { ServedPage } from '../../src/site/page.js';
import type { Store } from '../../src/store/store.js';
import { added, eventsOf, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import { parsed } from '../helpers/policy.js';
import { openMemoryStore } from '../helpers/store.js';
import { StubDriver } from '../helpers/stub-driver.js';

const ORIGIN = '127.0.0.1';
const REPLICA = '127.0.0.2';
const TICK_MS = 5;
const [A, B] = [servedPage('a'), servedPage('b')];

interface ControllerUnderTest {
  readonly controller: Controller;
  readonly driver: StubDriver;
  readonly store: Store;
  readonly events: ControlEvent[];
  readonly published: Publication[];
  /** Resolves once the condition holds after an event. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** Resolves after that many more passes. */
  readonly passes: (count: number) => Promise<void>;
}

interface Options {
  readonly pages?: readonly ServedPage[];
  readonly policies?: readonly Policy[];
  readonly replicas?: readonly Replica[];
  readonly driver?: StubDriver;
  readonly store?: Store;
  readonly port?: number;
  readonly publish?: (publication: Publication) => Promise<void>;
}

/** A whole control plane, begun and running, around a driver of the test. */
async function start(t: TestContext, options: Options = {}): Promise<ControllerUnderTest> {
  const clock: Clock = systemClock;
  const store = options.store ?? openMemoryStore(clock);
  for (const replica of options.replicas ?? []) store.replicas.save(replica);
  const driver = options.driver ?? new StubDriver();
  const events: ControlEvent[] = [];
  const published: Publication[] = [];
  const waiting = new Set<() => void>();
  const controller = new Controller({
    clock,
    store,
    pool: parsed(parseAddressPool(['127.78.0.0/28'], '--pool')),
    drivers: [driver],
    port: options.port ?? 1,
    maxInstances: 10,
    apex: 'example.test',
    originAddresses: [ORIGIN],
    tickIntervalMs: TICK_MS,
    takeOriginReport: null,
    publish: async (publication) => {
      await options.publish?.(publication);
      published.push(publication);
    },
    onEvent: (event) => {
      events.push(event);
      for (const look of waiting) look();
    },
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const passes = (count: number): Promise<void> => {
    const before = eventsOf(events, 'ticked').length;
    return until(() => eventsOf(events, 'ticked').length >= before + count);
  };
  controller.replacePages(added(...(options.pages ?? [A, B])));
  assert.deepEqual(controller.replacePolicies(options.policies ?? []), []);
  await controller.begin();
  controller.start();
  t.after(async () => {
    await controller.stop(false);
    store.close();
  });
  return { controller, driver, store, events, published, until, passes };
}

/** A server of the page, as a replica would be; gives its port. */
async function serve(t: TestContext, page: ServedPage): Promise<number> {
  const { body = '', etag = '' } = page.bundle.representations[0] ?? {};
  const server = createServer((_, response) => response.setHeader('etag', etag).end(body));
  server.listen(0, REPLICA);
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

/** A burst of visits by as many caches, now. */
function burst(host: string, visits: number): QueryBatch {
  const to = systemClock.now();
  const sources = Array.from({ length: visits }, (_, index) => ({
    host,
    source: `192.0.2.${index}`,
    type: 'A' as const,
    queries: 1,
    exposure: 0,
    lastQuery: to,
    validUntil: to + 30_000,
  }));
  return { from: to - 100, to, sources, rest: [] };
}

test('before the first pass, every page and the apex are answered with the origin', async (t) => {
  const { published, controller } = await start(t);
  assert.deepEqual(
    published[0]?.pages.map(({ host, addresses }) => `${host} ${addresses.map(({ address }) => address)}`),
    [`a.example.test ${ORIGIN}`, `b.example.test ${ORIGIN}`, `example.test ${ORIGIN}`],
  );
  assert.equal(controller.serial, 1);
});

test('a dry run decides, explains and plans, and no call ever changes the world', async (t) => {
  const policies = [policyOf('dryRun: true\nminReplicas: 1\nmetric: { target: 1 }\n')];
  const { controller, driver, store, events, until, passes } = await start(t, { policies });
  controller.addQueries(burst(A.host, 100));
  await until(() => eventsOf(events, 'decided').length >= 2);
  await passes(5);
  assert.deepEqual(driver.calls, []);
  assert.deepEqual(store.replicas.all(), []);
  assert.deepEqual(store.leases.all(), []);
  for (const { dryRun, actions, decision } of eventsOf(events, 'decided')) {
    assert.equal(dryRun, true);
    assert.deepEqual(actions, []);
    assert.ok(decision.desired >= 1);
  }
  assert.ok(store.decisions.recent({ limit: 9 }).every(({ dryRun }) => dryRun));
  const plan = controller.planNow();
  assert.ok(plan.every(({ dryRun, actions }) => dryRun && actions.includes('boot one by process')));
});

test('the same policy in earnest boots, so the dry run was the reason', async (t) => {
  const policies = [policyOf('minReplicas: 1\n')];
  const { driver, until, store } = await start(t, { policies });
  await until(() => driver.calls.length === 2);
  assert.deepEqual(
    store.replicas
      .all()
      .map(({ page }) => page)
      .sort(),
    ['/a.html', '/b.html'],
  );
});

test('a policy that becomes a dry run leaves the replicas as they are', async (t) => {
  const port = await serve(t, A);
  const replica = replicaFor(A, { address: REPLICA, answerTtl: 30_000 });
  const driver = new StubDriver();
  driver.add(replica.id);
  const { passes, store } = await start(t, {
    policies: [policyOf('dryRun: true\n')],
    replicas: [replica],
    driver,
    port,
  });
  await passes(5);
  assert.deepEqual(driver.calls, []);
  assert.deepEqual(
    store.replicas.all().map(({ state }) => state),
    ['serving'],
  );
});

test('the intent is on disk before the driver is called', async (t) => {
  const driver = new StubDriver();
  const store = openMemoryStore(systemClock);
  const create = driver.create.bind(driver);
  const known: (string | undefined)[] = [];
  driver.create = (spec) => {
    known.push(store.replicas.all().find(({ id }) => id === spec.id)?.state);
    return create(spec);
  };
  const { until } = await start(t, { policies: [policyOf('minReplicas: 1\n')], driver, store });
  await until(() => known.length === 2);
  assert.deepEqual(known, ['planned', 'planned']);
});

test('a store that refuses boots nothing, and as soon as it takes the intent the boot follows', async (t) => {
  const store = openMemoryStore(systemClock);
  let isFull = false;
  const refusing: Store = {
    ...store,
    transaction: (work) => {
      if (isFull) throw new Error('database or disk is full');
      return store.transaction(work);
    },
  };
  const { controller, driver, events, until, passes } = await start(t, { store: refusing });
  await passes(1);
  isFull = true;
  controller.replacePolicies([policyOf('minReplicas: 1\n')]);
  await until(() => eventsOf(events, 'trouble').some(({ what }) => /nothing boots/.test(what)));
  await passes(3);
  assert.deepEqual(driver.calls, []);
  assert.deepEqual(controller.state.fleet.all(), []);
  assert.deepEqual(controller.state.histories.get(A.path).changes, []);
  isFull = false;
  await until(() => driver.calls.length === 2);
});

test('a publication that fails is trouble, and is made again with the next pass', async (t) => {
  let failures = 0;
  const { controller, events, published, until } = await start(t, {
    publish: async ({ removed }) => {
      if (removed.length === 0 || failures >= 2) return;
      failures += 1;
      throw new Error('the name server refused');
    },
  });
  controller.replacePages({ added: [], changed: [], removed: [B] });
  await until(() => published.some(({ removed }) => removed.includes(B.host)));
  assert.equal(eventsOf(events, 'trouble').length, 2);
  assert.equal(controller.answer(B.host), undefined);
});

test('a replica of old content that an earlier daemon left drains, and goes once no cache knows it', async (t) => {
  const newer = servedPage('a', 2);
  const port = await serve(t, A);
  const replica = replicaFor(A, { address: REPLICA, answerTtl: 1 });
  const driver = new StubDriver();
  driver.add(replica.id);
  driver.counts.set(replica.id, { requests: 0, bytes: 0, openConnections: 0, uptime: 1 });
  const policies = [policyOf('dns: { drain: { gracePeriod: 1s, untilIdle: false } }\n')];
  const { events, until } = await start(t, { pages: [newer], policies, replicas: [replica], driver, port });
  const states = (): readonly string[] => eventsOf(events, 'moved').map(({ after }) => after.state);
  await until(() => states().includes('gone'));
  assert.ok(states().includes('draining'), states().join());
  assert.deepEqual(
    eventsOf(events, 'withdrawn').map(({ cause }) => cause),
    ['stale_content'],
  );
});
