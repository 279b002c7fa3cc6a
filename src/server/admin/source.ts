import type { DriverName, MetricType } from '../../policy/policy.js';
import type { Step } from '../../scale/reason.js';
import type { ReplicaState } from '../../scale/replica.js';

/**
 * What the admin server shows; the control side fills it. Views are plain JSON, moments are ISO 8601 strings, and a
 * number that was not measured is `null`, which is not 0. Every method answers at once from memory or the store.
 */
export interface AdminSource {
  /** False when the control loop has stopped to finish its passes. */
  healthy(): boolean;
  status(): StatusView;
  /** Every page, in any order. */
  pages(): readonly PageView[];
  page(path: string): PageView | undefined;
  /** Every replica that exists. */
  replicas(): readonly ReplicaView[];
  /** Latest first. */
  decisions(query: DecisionQuery): readonly DecisionView[];
  /** Why the page has what it has, in lines for people; undefined when there is no such page. */
  explain(path: string): readonly string[] | undefined;
  /** What the next tick would do if nothing changed until then. */
  plan(): readonly PlanView[];
  /** In Prometheus's text format. */
  metrics(): Promise<string>;
}

export interface StatusView {
  readonly zone: string;
  readonly serial: number;
  readonly version: string;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly counts: {
    readonly pages: number;
    /** Pages that have replicas, or are to have them. */
    readonly hotPages: number;
    readonly serving: number;
    /** Planned, booting and probing ones. */
    readonly booting: number;
    /** Draining and stopping ones. */
    readonly draining: number;
    /** Failed, lost and orphaned ones. */
    readonly failed: number;
  };
  /** Replicas, all policies together. */
  readonly budget: { readonly used: number; readonly limit: number };
  /** Pins and pauses in force. */
  readonly orders: readonly OrderView[];
}

/** What was ordered by hand. */
export interface OrderView {
  readonly kind: 'pin' | 'pause';
  /** `null`: every page. */
  readonly page: string | null;
  /** Of a pin. */
  readonly replicas: number | null;
  readonly since: string;
  /** `null`: until it is taken back. */
  readonly until: string | null;
  readonly by: string;
}

export interface PageView {
  /** `Page.path`. */
  readonly path: string;
  readonly host: string;
  /** Name of the policy that decides on it; `null` when none matches. */
  readonly policy: string | null;
  /** Visits per second behind the caches of resolvers, estimated. */
  readonly demand: number | null;
  /** The truth may be higher than `demand`. */
  readonly demandIsLowerBound: boolean;
  /** Queries per second. */
  readonly queryRate: number | null;
  /** Requests per second. */
  readonly requestRate: number | null;
  /** What its policy measures, and how much of it one replica is to bear. */
  readonly metric: MetricType | null;
  readonly target: number | null;
  readonly desired: number;
  readonly serving: number;
  readonly booting: number;
  readonly draining: number;
  /** What it is pinned at by hand; `null` when it is not. */
  readonly pinned: number | null;
  /** By hand, itself or with every page. */
  readonly paused: boolean;
  /** In the answer now. */
  readonly addresses: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  /** The last decision's reason, in the operator's words. */
  readonly lastReason: string;
}

export interface ReplicaView {
  readonly id: string;
  readonly page: string;
  readonly host: string;
  readonly policy: string;
  readonly driver: DriverName;
  readonly state: ReplicaState;
  readonly reason: string;
  readonly address: string;
  /** The driver's handle, empty until there is one. */
  readonly ref: string;
  readonly ageSeconds: number;
  /** In its present state. */
  readonly stateSeconds: number;
  /** As it told last; `null` when it did not answer. */
  readonly requests: number | null;
  readonly openConnections: number | null;
}

export interface DecisionQuery {
  readonly page?: string;
  /** At most so many. */
  readonly limit: number;
}

export interface DecisionView {
  readonly at: string;
  readonly page: string;
  readonly policy: string;
  /** Replicas before and after. */
  readonly from: number;
  readonly to: number;
  readonly chain: readonly Step[];
  /** What was done about it, e.g. `boot 01J… on 127.0.1.7`. */
  readonly actions: readonly string[];
  readonly dryRun: boolean;
}

export interface PlanView {
  readonly page: string;
  readonly policy: string;
  readonly current: number;
  readonly desired: number;
  readonly chain: readonly Step[];
  readonly actions: readonly string[];
}
