import type { CreateOutcome, Driver, DriverFailure, ReplicaCounters } from '../driver/driver.js';
import type { DriverName, Placement } from '../policy/policy.js';
import type { Replica } from '../scale/replica.js';
import type { DriverCall } from './events.js';
import { within } from './patience.js';

/** What a driver is called for to change the world. */
export type Operation = Exclude<DriverCall['operation'], 'list'>;

/** Whom the actuator calls, and whom it tells what came of it. */
export interface ActuatorOptions {
  readonly drivers: ReadonlyMap<DriverName, Driver>;
  readonly owner: string;
  /** The port that replicas listen on: the origin's, since DNS carries none. */
  readonly port: number;
  /** Asked before every call that would change the world; nothing that acts can get past it. */
  isDryRun(replica: Replica): boolean;
  /** What the page's policy says of replicas there; undefined: nothing any more. */
  placementOf(replica: Replica): Placement | undefined;
  onCreated(id: string, outcome: CreateOutcome): void;
  onDestroyed(id: string): void;
  onError(id: string, operation: Operation, error: unknown): void;
  observe(call: DriverCall): void;
  now(): number;
}

/** What one driver has yet to do. */
interface Queue {
  readonly waiting: (() => Promise<void>)[];
  running: number;
}

type Call = (driver: Driver) => Promise<DriverCall['result']>;

/** Calls to one driver that run at the same time: hypervisors get slower, not faster, with more. */
const CONCURRENCY = 8;
/** A call that hangs must not hold its place forever: it counts as failed then, and may be made again. */
const CALL_LIMIT_MS = 120_000;
/** For what is only looked at. */
const LOOK_LIMIT_MS = 2_000;
/** Nothing but the end of a dead replica waits for its words, and a host that is busy takes seconds to read them. */
const WORDS_LIMIT_MS = 10_000;

/** The only one who talks to drivers. Its calls return at once; what came of them is reported. */
export class Actuator {
  readonly #options: ActuatorOptions;
  /** By driver, so that one that hangs holds up nobody else. */
  readonly #queues = new Map<DriverName, Queue>();
  readonly #destroying = new Set<string>();
  /** The last call for each replica that has one under way: a replica's calls run one after the other. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(options: ActuatorOptions) {
    this.#options = options;
  }

  boot(replica: Replica): void {
    this.#refuseDryRun(replica);
    this.#enqueue(replica, 'create', async (driver) => {
      const { id, page, host, bundleFile, address } = replica;
      // Given up before its turn came.
      if (this.#destroying.has(id)) return 'ok';
      const { owner, port } = this.#options;
      const { memory, image } = this.#options.placementOf(replica) ?? {};
      const outcome = await driver.create({
        ...{ id, owner, page, host, bundleFile, address, port },
        ...(memory === undefined ? {} : { memory }),
        ...(image === undefined ? {} : { image }),
      });
      this.#options.onCreated(id, outcome);
      return outcome.ok ? 'ok' : outcome.failure.class;
    });
  }

  /** One that has left the answers may always be told so, also when its page's policy was made a dry run since. */
  drain(replica: Replica): void {
    if (replica.state !== 'draining') this.#refuseDryRun(replica);
    this.#enqueue(replica, 'drain', async (driver) => {
      await driver.drain(replica);
      return 'ok';
    });
  }

  /** Also ends what a dry run must not have: a replica that is stopping has no visitors any more. */
  destroy(replica: Pick<Replica, 'id' | 'ref' | 'driver'>): void {
    if (this.#destroying.has(replica.id)) return;
    this.#destroying.add(replica.id);
    this.#enqueue(replica, 'destroy', async (driver) => {
      try {
        await driver.destroy(replica);
        this.#options.onDestroyed(replica.id);
        return 'ok';
      } finally {
        this.#destroying.delete(replica.id);
      }
    });
  }

  /** Makes no call any more that has not begun: what was to be booted is in the books, and the next daemon sees to it. */
  stop(): void {
    for (const queue of this.#queues.values()) queue.waiting.length = 0;
  }

  /** By driver, how many calls wait for their turn. */
  get waiting(): ReadonlyMap<DriverName, number> {
    return new Map([...this.#queues].map(([driver, { waiting }]) => [driver, waiting.length]));
  }

  /** Null when they cannot be had, or not in time. */
  async counters(replica: Replica): Promise<ReplicaCounters | null> {
    const counters = this.#options.drivers.get(replica.driver)?.counters(replica);
    return counters === undefined
      ? null
      : within(LOOK_LIMIT_MS, 'reading counters', counters).catch(() => null);
  }

  /** Empty when they cannot be had, or not in time. */
  async lastWords(replica: Replica): Promise<string> {
    const words = this.#options.drivers.get(replica.driver)?.lastWords(replica);
    return words === undefined ? '' : within(WORDS_LIMIT_MS, 'reading last words', words).catch(() => '');
  }

  #refuseDryRun(replica: Replica): void {
    if (this.#options.isDryRun(replica))
      throw new Error(`a dry run must not touch replica ${replica.id} of ${replica.page}`);
  }

  #enqueue(replica: Pick<Replica, 'id' | 'driver'>, operation: Operation, call: Call): void {
    const driver = this.#options.drivers.get(replica.driver);
    if (driver === undefined) {
      const failure: DriverFailure = {
        class: 'config',
        message: `this daemon runs without the driver ${replica.driver}`,
      };
      this.#destroying.delete(replica.id);
      if (operation === 'create') this.#options.onCreated(replica.id, { ok: false, failure });
      return;
    }
    const queue = this.#queues.get(driver.name) ?? { waiting: [], running: 0 };
    this.#queues.set(driver.name, queue);
    queue.waiting.push(() => {
      const before = this.#last.get(replica.id) ?? Promise.resolve();
      const mine = before.then(() => this.#call(driver, replica.id, operation, call));
      this.#last.set(replica.id, mine);
      return mine.finally(() => {
        if (this.#last.get(replica.id) === mine) this.#last.delete(replica.id);
      });
    });
    run(queue);
  }

  async #call(driver: Driver, id: string, operation: Operation, call: Call): Promise<void> {
    const started = this.#options.now();
    const observe = (result: DriverCall['result']): void => {
      const seconds = (this.#options.now() - started) / 1_000;
      this.#options.observe({ driver: driver.name, operation, result, seconds });
    };
    try {
      observe(await within(CALL_LIMIT_MS, `the call to ${operation} it`, call(driver), { unref: true }));
    } catch (error) {
      observe('error');
      this.#options.onError(id, operation, error);
    }
  }
}

function run(queue: Queue): void {
  while (queue.running < CONCURRENCY) {
    const next = queue.waiting.shift();
    if (next === undefined) return;
    queue.running += 1;
    void next().finally(() => {
      queue.running -= 1;
      run(queue);
    });
  }
}
