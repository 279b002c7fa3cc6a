import type { Clock } from '../clock.js';
import type { CreateOutcome, Driver } from '../driver/driver.js';
import type { RequestReport } from '../load/batch.js';
import { LoadBook } from '../load/load-book.js';
import type { AddressPool } from '../scale/address-pool.js';
import type { Decision } from '../scale/decide.js';
import type { ProbeOutcome } from '../scale/probing.js';
import type { Replica } from '../scale/replica.js';
import type { Store } from '../store/store.js';
import { Actuator, type Operation } from './actuator.js';
import { AddressBook } from './address-book.js';
import { Breakers } from './breakers.js';
import { Catalogue, UNPOLICED_LOAD } from './catalogue.js';
import { Chronicle } from './chronicle.js';
import type { ControlEvent, ControlListener } from './events.js';
import { Fleet } from './fleet.js';
import { Histories } from './histories.js';
import { Orders } from './orders.js';
import { Prober } from './prober.js';

/** What the parts of the control plane share. Only the control loop's own turn changes it: there is one thread, and no lock. */
export interface ControlState {
  readonly clock: Clock;
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  readonly addresses: AddressBook;
  readonly histories: Histories;
  readonly breakers: Breakers;
  readonly orders: Orders;
  readonly chronicle: Chronicle;
  readonly book: LoadBook;
  readonly actuator: Actuator;
  readonly prober: Prober;
  /** The last decision on each page that has been decided on. */
  readonly decisions: Map<string, Decision>;
  /** Monotonic milliseconds at which a page's load began to ask for more; until an answer with more is published. */
  readonly surgingSince: Map<string, number>;
  /** Monotonic milliseconds since which loads are measured; the start of the loop sets it anew. */
  startedAt: number;
  readonly maxInstances: number;
  readonly maxHourlyCost: number | null;
  readonly emit: ControlListener;
  /** Asks for a pass of the loop as soon as the present turn is over. */
  readonly wake: () => void;
}

/** Null when the origin did not answer, which is not zero. */
export type TakeOriginReport = () => Promise<RequestReport | null>;

/** What the control plane works on and with. */
export interface StateOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly pool: AddressPool;
  readonly drivers: readonly Driver[];
  /** The port of the origin and of every replica, since DNS carries none. */
  readonly port: number;
  /** Instances over all policies. */
  readonly maxInstances: number;
  /** What all policies together may cost an hour; no limit unless given. */
  readonly maxHourlyCost?: number | null;
  /** What the origin has served since it was last asked; null: it tells nobody, and the replicas' requests are all that is known. */
  readonly takeOriginReport: TakeOriginReport | null;
  readonly onEvent: ControlListener;
}

/** `keeper` and `wake` are asked for only when something happens, since they are made from this state. */
export function createState(options: StateOptions, keeper: () => Outcomes, wake: () => void): ControlState {
  const { clock, store, port } = options;
  const chronicle = new Chronicle(clock);
  const emit = (event: ControlEvent): void => {
    chronicle.note(event);
    options.onEvent(event);
  };
  const now = () => clock.now();
  const fleet = new Fleet(store.replicas.all());
  const catalogue = new Catalogue();
  fleet.onMove((before, after) => emit({ kind: 'moved', at: after.stateSince, before, after }));
  return {
    clock,
    store,
    catalogue,
    fleet,
    addresses: new AddressBook(options.pool, store.leases.all()),
    breakers: new Breakers(),
    histories: new Histories(store.histories.all()),
    orders: new Orders(store.orders, () => clock.wall()),
    chronicle,
    book: new LoadBook({
      settingsFor: (host) => catalogue.byHost(host)?.load ?? UNPOLICED_LOAD,
      originTells: options.takeOriginReport !== null,
    }),
    actuator: new Actuator({
      drivers: new Map(options.drivers.map((driver) => [driver.name, driver])),
      owner: store.owner,
      port,
      isDryRun: (replica) => catalogue.get(replica.page)?.policy?.dryRun ?? false,
      placementOf: ({ page, driver }) =>
        catalogue.get(page)?.policy?.placement.find((placement) => placement.driver === driver),
      onCreated: (id, outcome) => keeper().created(id, outcome),
      onDestroyed: (id) => keeper().destroyed(id),
      onError: (id, operation, error) => keeper().threw(id, operation, error),
      observe: (call) => emit({ kind: 'called', at: now(), ...call }),
      now,
    }),
    prober: new Prober({ catalogue, fleet, port, onOutcome: (id, outcome) => keeper().probed(id, outcome) }),
    decisions: new Map(),
    surgingSince: new Map(),
    startedAt: now(),
    maxInstances: options.maxInstances,
    maxHourlyCost: options.maxHourlyCost ?? null,
    emit,
    wake,
  };
}

/** What drivers and probes report about a replica. */
export interface Outcomes {
  created(id: string, outcome: CreateOutcome): void;
  destroyed(id: string): void;
  threw(id: string, operation: Operation, error: unknown): void;
  probed(id: string, outcome: ProbeOutcome): void;
}

/** Whether what the replica serves is what the page is now. */
export function isFresh(state: Pick<ControlState, 'catalogue'>, replica: Replica): boolean {
  return state.catalogue.get(replica.page)?.page.bundleFile === replica.bundleFile;
}
