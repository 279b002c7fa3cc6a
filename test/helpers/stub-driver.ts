import { setImmediate } from 'node:timers/promises';
import type {
  CreateOutcome,
  Driver,
  DriverFailure,
  ListedReplica,
  ReplicaCounters,
  ReplicaSpec,
} from '../../src/driver/driver.js';
import type { DriverName } from '../../src/policy/policy.js';

/** A call that a test answers when it wants to. */
interface Pending {
  readonly name: string;
  readonly settle: () => void;
}

/**
 * A hypervisor of the imagination: it lists what was created and not destroyed. Every call is noted; while `isHeld`,
 * calls that act wait until the test releases them.
 */
export class StubDriver implements Driver {
  readonly name: DriverName;
  /** `create 1`, `destroy 1`, …, in the order of their beginnings. */
  readonly calls: string[] = [];
  readonly listed = new Map<string, ListedReplica>();
  readonly counts = new Map<string, ReplicaCounters | null>();
  /** Given for ids that have no outcome of their own. */
  outcome: CreateOutcome = { ok: true, ref: 'ref' };
  /** Thrown by the calls of that name. */
  readonly errors = new Map<'create' | 'drain' | 'destroy' | 'list', Error>();
  words = '';
  /** What the answer to `list` waits for after it was put together. */
  listing: Promise<void> = Promise.resolve();
  isHeld = false;
  #pending: Pending[] = [];

  constructor(name: DriverName = 'process') {
    this.name = name;
  }

  check(): Promise<DriverFailure | null> {
    return Promise.resolve(null);
  }

  async create(spec: ReplicaSpec): Promise<CreateOutcome> {
    await this.#called('create', spec.id);
    if (this.outcome.ok) this.add(spec.id, { address: spec.address, ref: this.outcome.ref });
    return this.outcome;
  }

  async list(): Promise<readonly ListedReplica[]> {
    const error = this.errors.get('list');
    if (error !== undefined) throw error;
    const list = [...this.listed.values()];
    await this.listing;
    return list;
  }

  async drain({ id }: { readonly id: string }): Promise<void> {
    await this.#called('drain', id);
  }

  async counters({ id }: { readonly id: string }): Promise<ReplicaCounters | null> {
    return this.counts.get(id) ?? null;
  }

  async destroy({ id }: { readonly id: string }): Promise<void> {
    await this.#called('destroy', id);
    this.listed.delete(id);
  }

  lastWords(): Promise<string> {
    return Promise.resolve(this.words);
  }

  add(id: string, fields: Partial<ListedReplica> = {}): void {
    this.listed.set(id, { id, ref: 'ref', address: '127.77.0.1', running: true, ...fields });
  }

  /** Calls that wait, by name. */
  get pending(): readonly string[] {
    return this.#pending.map(({ name }) => name);
  }

  /** Lets one waiting call go on, or all. */
  async release(name?: string): Promise<void> {
    const released = this.#pending.filter((call) => name === undefined || call.name === name);
    this.#pending = this.#pending.filter((call) => !released.includes(call));
    for (const call of released) call.settle();
    await turn();
  }

  async #called(operation: 'create' | 'drain' | 'destroy', id: string): Promise<void> {
    const name = `${operation} ${id}`;
    this.calls.push(name);
    if (this.isHeld) await new Promise<void>((settle) => this.#pending.push({ name, settle }));
    const error = this.errors.get(operation);
    if (error !== undefined) throw error;
  }
}

/** Lets everything run that is not waiting for a timer or a socket. */
export async function turn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
