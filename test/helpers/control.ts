import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/clock.js';
import type { ControlEvent } from '../../src/control/events.js';
import { Keeper } from '../../src/control/keeper.js';
import { type ControlState, createState } from '../../src/control/state.js';
import type { Policy } from '../../src/policy/policy.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import type { Replica } from '../../src/scale/replica.js';
import type { ServedPage, SiteChange } from '../../src/site/page.js';
import type { Store } from '../../src/store/store.js';
import { bundleOf } from './bundle.js';
import { parsed } from './policy.js';
import { replicaOf } from './replicas.js';
import { ManualClock, memoryStore } from './store.js';
import { StubDriver } from './stub-driver.js';

/** A page of a site under `example.test`; `version` makes its content another. */
export function servedPage(name: string, version = 1): ServedPage {
  const [path, host, urlPath] = [`/${name}.html`, `${name}.example.test`, `/${name}.html`];
  const body = `${name} ${version}\n`;
  const digest = createHash('sha256').update(body).digest('hex');
  const identity = { encoding: 'identity', etag: `"${digest}"`, body: Buffer.from(body) } as const;
  const bundle = bundleOf({ path, host, urlPath, digest, representations: [identity] });
  return { path, host, urlPath, bundle, bundleFile: `/bundles/${name}-${version}.hzb` };
}

export function added(...pages: readonly ServedPage[]): SiteChange {
  return { added: pages, changed: [], removed: [] };
}

/** A replica that serves what the page is now. */
export function replicaFor(page: ServedPage, fields: Partial<Replica> = {}): Replica {
  const { path, host, bundleFile, bundle } = page;
  return replicaOf({ page: path, host, bundleFile, digest: bundle.digest, ...fields });
}

export interface ControlOptions {
  readonly pages?: readonly ServedPage[];
  readonly policies?: readonly Policy[];
  /** What an earlier daemon left. */
  readonly replicas?: readonly Replica[];
  readonly pool?: readonly string[];
  readonly port?: number;
  readonly store?: Store;
  readonly clock?: Clock;
  /** What runs already, where the test goes on after a crash. */
  readonly driver?: StubDriver;
  /** Beside that one. */
  readonly otherDrivers?: readonly StubDriver[];
  readonly maxInstances?: number;
  readonly maxHourlyCost?: number;
}

export interface ControlUnderTest {
  readonly state: ControlState;
  readonly keeper: Keeper;
  readonly driver: StubDriver;
  readonly clock: ManualClock;
  readonly events: ControlEvent[];
  /** How often a pass was asked for. */
  readonly wakes: () => number;
}

/** The real parts of the control plane around a hypervisor and a clock that the test owns. */
export function controlState(t: TestContext, options: ControlOptions = {}): ControlUnderTest {
  const clock = new ManualClock();
  const store = options.store ?? memoryStore(t, clock);
  for (const replica of options.replicas ?? []) {
    store.replicas.save(replica);
    const { address, id, page } = replica;
    store.leases.save({ address, replica: id, page, releasedAt: null });
  }
  const driver = options.driver ?? new StubDriver();
  const events: ControlEvent[] = [];
  let wakes = 0;
  const state = createState(
    {
      clock,
      store,
      pool: parsed(parseAddressPool(options.pool ?? ['127.77.0.0/24'], '--pool')),
      drivers: [driver, ...(options.otherDrivers ?? [])],
      port: options.port ?? 1,
      maxInstances: options.maxInstances ?? 100,
      maxHourlyCost: options.maxHourlyCost ?? null,
      takeOriginReport: async () => null,
      onEvent: (event) => events.push(event),
    },
    () => keeper,
    () => {
      wakes += 1;
    },
  );
  const keeper = new Keeper(state);
  state.catalogue.replacePages(added(...(options.pages ?? [])));
  state.catalogue.replacePolicies(options.policies ?? []);
  t.after(() => state.prober.stopAll());
  return { state, keeper, driver, clock, events, wakes: () => wakes };
}

/** The events of one kind, oldest first. */
export function eventsOf<K extends ControlEvent['kind']>(
  events: readonly ControlEvent[],
  kind: K,
): readonly Extract<ControlEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<ControlEvent, { kind: K }> => event.kind === kind);
}
