import type { DriverName } from '../policy/policy.js';

/** Written out as a chart in `lifecycle.ts`. */
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
  /** ULID; also in the hypervisor's own records. */
  readonly id: string;
  /** `Page.path`. */
  readonly page: string;
  /** `Page.host` in lower case. */
  readonly host: string;
  readonly policy: string;
  readonly driver: DriverName;
  readonly state: ReplicaState;
  /** Why it is in this state, in the operator's words. */
  readonly reason: string;
  /** IPv4 or IPv6 in text form, leased for as long as the replica exists and a quarantine after that. */
  readonly address: string;
  /** What it serves: `Bundle.digest` and the file. A replica with another digest than its page's is stale. */
  readonly digest: string;
  readonly bundleFile: string;
  /** The driver's own handle (a pid, a domain name, an instance id); empty until the driver gave one. */
  readonly ref: string;
  readonly createdAt: number;
  readonly stateSince: number;
  /** Consecutive probe outcomes: > 0 successes, < 0 failures. */
  readonly probeStreak: number;
  /** Until then a cache may still hold this address: the latest expiry of an answer that had it. 0 = never handed out. */
  readonly answeredUntil: number;
  /** While draining: the last time its connections were not idle. */
  readonly busyAt: number;
}
