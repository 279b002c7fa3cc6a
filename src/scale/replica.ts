import type { DriverName } from '../policy/policy.js';

/** Drawn as a chart in `lifecycle.ts`. */
export type ReplicaState =
  | 'planned'
  | 'booting'
  | 'probing'
  | 'serving'
  | 'draining'
  | 'stopping'
  | 'gone'
  | 'failed'
  | 'lost'
  | 'orphan';

/** One dedicated server of one page, as hotzone knows it. All times are monotonic milliseconds. */
export interface Replica {
  /** UUID; also in the hypervisor's own records. */
  readonly id: string;
  /** `Page.path`. */
  readonly page: string;
  /** `Page.host` in lower case. */
  readonly host: string;
  /** Name of the policy that asked for it. */
  readonly policy: string;
  readonly driver: DriverName;
  readonly state: ReplicaState;
  /** Why it is in this state, in the operator's words. */
  readonly reason: string;
  /** IPv4 or IPv6 in text form, leased for as long as the replica exists and a quarantine after that. */
  readonly address: string;
  /** Its price when it was planned, in the currency of the policies. */
  readonly hourlyCost: number;
  /** The id of the older one in whose place it is booted; null: it is one more. */
  readonly replaces: string | null;
  /** What it serves: `Bundle.digest` of the page when it was planned. */
  readonly digest: string;
  /** The encoded bundle that it boots from; content-addressed, so another path means other content. */
  readonly bundleFile: string;
  /** The driver's own handle (a pid, a domain name, an instance id); empty until the driver gave one. */
  readonly ref: string;
  readonly createdAt: number;
  readonly stateSince: number;
  /** Consecutive probe outcomes: > 0 successes, < 0 failures. */
  readonly probeStreak: number;
  /**
   * Milliseconds: the largest TTL that an answer with this address was given and that may not have run out yet;
   * 0 when the address was never in an answer.
   */
  readonly answerTtl: number;
  /** When the name server last confirmed that the address is in no answer any more; null while it is, or was never. */
  readonly withdrawnAt: number | null;
  /** While draining: when a connection was last seen open, or the counters could not be read. */
  readonly busyAt: number;
}

/** A replica that is to boot, with nothing known of it but the intent. */
export function plannedReplica(
  intent: Pick<Replica, 'id' | 'policy' | 'driver' | 'reason' | 'address' | 'hourlyCost' | 'replaces'>,
  page: Pick<Replica, 'page' | 'host' | 'digest' | 'bundleFile'>,
  now: number,
): Replica {
  return {
    ...intent,
    ...page,
    state: 'planned',
    ref: '',
    createdAt: now,
    stateSince: now,
    probeStreak: 0,
    answerTtl: 0,
    withdrawnAt: null,
    busyAt: now,
  };
}

/** Is, or will soon be, capacity: a booting replica counts, or panic would boot too many (knative/serving#13284). */
export function isCapacity(replica: Replica): boolean {
  return isPending(replica) || replica.state === 'serving';
}

/** Those that are capacity; of an old one and its successor the successor alone, since they are one place. */
export function places(replicas: readonly Replica[]): readonly Replica[] {
  const capacity = replicas.filter(isCapacity);
  const replaced = new Set(capacity.map(({ replaces }) => replaces));
  return capacity.filter(({ id }) => !replaced.has(id));
}

/** On its way up; it can be given up without draining unless `mustDrain`. */
export function isPending(replica: Replica): boolean {
  return replica.state === 'planned' || replica.state === 'booting' || replica.state === 'probing';
}

/**
 * Caches may hold its address: it serves, or an earlier daemon handed it out and this one has not probed it yet. It
 * must not go before they have forgotten it.
 */
export function mustDrain(replica: Replica): boolean {
  return replica.state === 'serving' || (replica.state === 'probing' && replica.answerTtl > 0);
}

/** Exists, or may exist, on its hypervisor. */
export function isAlive(replica: Replica): boolean {
  return replica.state !== 'gone';
}
