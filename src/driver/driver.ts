import type { Image } from '../policy/image.js';
import type { DriverName } from '../policy/policy.js';

/** What a driver is asked to boot. */
export interface ReplicaSpec {
  /** The replica's id (UUID), written into the hypervisor's own records together with `owner`. */
  readonly id: string;
  /** Whose replica it is: the installation's id, so that two daemons on one host never touch each other's. */
  readonly owner: string;
  readonly page: string;
  readonly host: string;
  readonly bundleFile: string;
  readonly address: string;
  readonly port: number;
  /** Bytes that a virtual machine gets; the driver chooses unless given. */
  readonly memory?: number;
  /** What it runs; hotzone's own page server or page kernel unless given. */
  readonly image?: Image;
}

/** A replica as the hypervisor itself lists it. */
export interface ListedReplica {
  readonly id: string;
  readonly ref: string;
  readonly address: string;
  readonly running: boolean;
}

/** What a replica tells its controller, and nobody else. */
export interface ReplicaCounters {
  readonly requests: number;
  readonly bytes: number;
  readonly openConnections: number;
  /** Milliseconds. */
  readonly uptime: number;
}

/**
 * Why a driver could not do it; the class decides what happens next:
 * with `capacity` the driver is asked by no page for a while, with the others by this page; the next placement is tried
 * at once. `config` waits for the operator in truth.
 */
export type DriverFailure = {
  readonly class: 'capacity' | 'transient' | 'config';
  /** The first real cause, in the hypervisor's words. */
  readonly message: string;
};

export type CreateOutcome =
  | { readonly ok: true; readonly ref: string }
  | { readonly ok: false; readonly failure: DriverFailure };

/**
 * What boots and destroys replicas. Every method may be called again with the same arguments after a crash in the
 * middle of the first call; foreseen failures are values, and a rejected promise is a bug.
 */
export interface Driver {
  readonly name: DriverName;

  /** Whether this host can run replicas at all; called once before the first `create`, and by `hotzone check`. */
  check(): Promise<DriverFailure | null>;

  /** Starts a replica and returns as soon as the hypervisor has accepted it; whether it serves is the probe's business. */
  create(spec: ReplicaSpec): Promise<CreateOutcome>;

  /** All replicas of `owner` that exist on the hypervisor now, whoever started them and whenever. */
  list(owner: string): Promise<readonly ListedReplica[]>;

  /** Asks the replica to close its connections as they become idle. It goes on answering. */
  drain(replica: { readonly id: string; readonly ref: string }): Promise<void>;

  /** `null` when the replica does not answer: no data is not zero. */
  counters(replica: { readonly id: string; readonly ref: string }): Promise<ReplicaCounters | null>;

  /** Ends the replica and removes what it left. Resolves once it is gone, also when it never was. */
  destroy(replica: { readonly id: string; readonly ref: string }): Promise<void>;

  /** The last lines that the replica printed, for the reason shown to the operator. */
  lastWords(replica: { readonly id: string }): Promise<string>;
}
