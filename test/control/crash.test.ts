import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/clock.js';
import { Controller } from '../../src/control/controller.js';
import type { Driver } from '../../src/driver/driver.js';
import { processDriver } from '../../src/driver/process/process-driver.js';
import type { Policy } from '../../src/policy/policy.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import type { ServedPage } from '../../src/site/page.js';
import { openStore, type Store } from '../../src/store/store.js';
import { added, servedPage } from '../helpers/control.js';
import { killPageServersBelow } from '../helpers/page-servers.js';
import { policyOf } from '../helpers/policies.js';
import { parsed } from '../helpers/policy.js';
import { freePort } from '../helpers/process-driver.js';
import { temporaryFolder } from '../helpers/store.js';

const QUICK = `maxReplicas: 2
metric: { target: 10, stableWindow: 1s }
behavior: { scaleDown: { stabilizationWindow: 0s, policies: [{ type: Replicas, value: 2, period: 100ms }] } }
cooldown: { scaleDown: 0s, toZero: 0s }
backoff: { initial: 100ms, max: 100ms }
dns: { ttl: 1s, drain: { gracePeriod: 0s, untilIdle: false } }
`;
/** Two replicas at once, whatever the load is; and none, since there is none. */
const SURGE = policyOf(`minReplicas: 2\n${QUICK}`);
const CALM = policyOf(QUICK);
const REPLICAS = 2;
const ORIGIN = '127.0.0.1';
const BATCH_MS = 50;
const STAGGER_MS = 300;
const PATIENCE_MS = 60_000;
/** How long a control plane goes on whose disk stays full. */
const BROKEN_MS = 700;
/** All that is of interest happens in the first ones; each pass makes one more. */
const MOST = 8;

/** Whether the transaction with this number, counted from 1, is refused. */
type Refusal = (transaction: number) => boolean;

interface World {
  readonly file: string;
  readonly page: ServedPage;
  readonly driver: Driver;
  readonly port: number;
  readonly pool: string;
}

async function world(t: TestContext, pool: string): Promise<World> {
  const folder = temporaryFolder(t);
  t.after(() => killPageServersBelow(folder));
  const bundleFile = join(folder, 'a.hzb');
  const page = { ...servedPage('a'), bundleFile };
  writeFileSync(bundleFile, encodeBundle(page.bundle));
  const port = await freePort();
  const driver = processDriver({
    stateDir: join(folder, 'replicas'),
    node: process.execPath,
    pool: { addresses: [], port },
  });
  return { file: join(folder, 'hotzone.db'), page, driver, port, pool };
}

interface Life {
  readonly store: Store;
  readonly controller: Controller;
  readonly transactions: () => number;
  /** Addresses of replicas that are answered for the page. */
  readonly answered: () => readonly string[];
  /** As a crash ends it: what is not on disk is lost. */
  end(): Promise<void>;
}

/** A control plane whose store refuses some transactions. It asserts that nothing is created that is not on disk. */
async function live(
  { file, page, driver, port, pool }: World,
  policy: Policy,
  refuses: Refusal,
): Promise<Life> {
  const store = parsed(openStore(file, systemClock));
  let transactions = 0;
  const refusing: Store = {
    ...store,
    get serial() {
      return store.serial;
    },
    transaction: (work) => {
      transactions += 1;
      if (refuses(transactions)) throw new Error('database or disk is full');
      return store.transaction(work);
    },
  };
  const creates = new Set<Promise<unknown>>();
  const unrecorded: string[] = [];
  const watched: Driver = {
    ...driver,
    create: (spec) => {
      const record = store.replicas.all().find(({ id }) => id === spec.id);
      const lease = store.leases.all().find(({ replica }) => replica === spec.id);
      if (record?.address !== spec.address || lease?.address !== spec.address) unrecorded.push(spec.id);
      const create = driver.create(spec).finally(() => creates.delete(create));
      creates.add(create);
      return create;
    },
  };
  const controller = new Controller({
    clock: systemClock,
    store: refusing,
    pool: parsed(parseAddressPool([pool], '--pool')),
    drivers: [watched],
    port,
    maxInstances: 10,
    apex: 'example.test',
    originAddresses: [ORIGIN],
    tickIntervalMs: 20,
    takeOriginReport: null,
    publish: async () => {},
    onEvent: () => undefined,
  });
  controller.replacePages(added(page));
  assert.deepEqual(controller.replacePolicies([policy]), []);
  await controller.begin();
  controller.start();
  let from = systemClock.now();
  const silence = setInterval(() => {
    const to = systemClock.now();
    controller.addQueries({ from, to, sources: [], rest: [] });
    from = to;
  }, BATCH_MS);
  return {
    store,
    controller,
    transactions: () => transactions,
    answered: () =>
      (controller.answer(page.host)?.addresses ?? [])
        .map(({ address }) => address)
        .filter((address) => address !== ORIGIN),
    end: async () => {
      clearInterval(silence);
      assert.deepEqual(unrecorded, [], 'a replica was created that is not on disk');
      await controller.stop(false).catch(() => undefined);
      await Promise.all(creates);
      store.close();
    },
  };
}

async function until(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await look())) {
    if (performance.now() > deadline) assert.fail(`waited in vain: ${what}`);
    await setTimeout(10);
  }
}

/** A surge whose store refuses; then a crash, and a life with a good store in which nobody wants a replica. */
async function surgeAndCalm(world: World, refuses: Refusal, recovers: boolean): Promise<number> {
  const surge = await live(world, SURGE, refuses);
  const { owner } = surge.store;
  if (recovers) await until('two replicas in the answer', () => surge.answered().length === REPLICAS);
  else await setTimeout(BROKEN_MS);
  await surge.end();

  const calm = await live(world, CALM, () => false);
  try {
    const known = new Set(calm.store.replicas.all().map(({ id }) => id));
    for (const { id } of await world.driver.list(owner)) assert.ok(known.has(id), `nobody knows ${id}`);
    await until('no replica', async () => {
      const running = await world.driver.list(owner);
      return running.length + calm.controller.state.fleet.all().length === 0;
    });
    assert.deepEqual(calm.answered(), []);
  } finally {
    await calm.end();
  }
  return surge.transactions();
}

test('whichever transaction of a surge the store refuses, once or from then on, nothing boots without a record or is left', async (t) => {
  const first = await world(t, '127.80.0.0/28');
  const transactions = await surgeAndCalm(first, () => false, true);
  assert.ok(transactions >= 4, `${transactions}`);
  const cases = Array.from({ length: Math.min(transactions, MOST) }, (_, index) => index + 1).flatMap((n) => [
    { refuses: (transaction: number) => transaction === n, recovers: true },
    { refuses: (transaction: number) => transaction >= n, recovers: false },
  ]);
  await Promise.all(
    cases.map(async ({ refuses, recovers }, index) => {
      await setTimeout(index * STAGGER_MS);
      await surgeAndCalm(await world(t, `127.80.${index + 1}.0/28`), refuses, recovers);
    }),
  );
});
