import type { DriverName, MetricType } from '../../policy/policy.js';
import type { Measured } from '../../scale/metric.js';
import type { Step } from '../../scale/reason.js';
import type { ReplicaState } from '../../scale/replica.js';
import type { Moment } from './moment.js';

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
  /** The decision on a page that is in force, as the last tick made it; null while there is none. */
  deciding(path: string): DecidingView | null;
  /** What was measured of the hottest `top` pages in the last half hour, oldest first; without those that were cold all along. */
  recent(top: number): readonly { readonly page: string; readonly samples: readonly SampleView[] }[];
  /** Every replica that exists. */
  replicas(): readonly ReplicaView[];
  /** Latest first. */
  decisions(query: DecisionQuery): readonly DecisionView[];
  /** Why the page has what it has, in lines for people; undefined when there is no such page. */
  explain(path: string): readonly string[] | undefined;
  /** The same for a moment of the past, as far back as the history goes. */
  explainPast(path: string, moment: Moment): PastAnswer;
  /** What was measured of the page from `from` to `to`, oldest first, in at most `points` samples; undefined: no such page. */
  series(path: string, from: Moment, to: Moment, points: number): readonly SampleView[] | undefined;
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
  /** All policies together. */
  readonly budget: {
    /** Replicas. */
    readonly used: number;
    readonly limit: number;
    /** In the unit of the policies' prices. */
    readonly hourlyCost: number;
    /** `null`: no limit. */
    readonly maxHourlyCost: number | null;
  };
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
  /** Of those before, how many served. */
  readonly serving: number;
  readonly measured: Measured | null;
  /** Without the steps that had nothing to say. */
  readonly chain: readonly Step[];
  /** What was done about it, e.g. `boot 01J… on 127.0.1.7`. */
  readonly actions: readonly string[];
  readonly dryRun: boolean;
}

/** What is known of a page at a moment of the past. */
export type PastAnswer =
  | { readonly kind: 'past'; readonly past: PastView }
  | { readonly kind: 'no page' }
  /** Before the history, or in the future. */
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

export interface PastView {
  readonly at: string;
  /** All of it in lines for people. */
  readonly lines: readonly string[];
  /** The one that was in force. */
  readonly decision:
    | (Omit<DecisionView, 'from' | 'to'> & { readonly current: number; readonly desired: number })
    | null;
  /** The last sample until then. */
  readonly measured: SampleView | null;
  readonly replicas: readonly {
    readonly id: string;
    readonly driver: string;
    readonly address: string;
    readonly state: ReplicaState;
    readonly since: string;
    readonly reason: string;
  }[];
  readonly before: readonly HappeningView[];
  readonly after: readonly HappeningView[];
}

export interface HappeningView {
  readonly at: string;
  readonly what: string;
}

/** Rates are per second. */
export interface SampleView {
  readonly at: string;
  readonly demand: number | null;
  readonly queryRate: number | null;
  readonly requestRate: number | null;
  /** What the policy decided on. */
  readonly measured: number | null;
  readonly desired: number;
  readonly serving: number;
  /** Booting and draining ones too. */
  readonly replicas: number;
}

export interface DecidingView {
  /** In words; null: nothing was measured. */
  readonly measured: string | null;
  /** Replicas before and after. */
  readonly current: number;
  readonly desired: number;
  readonly chain: readonly Step[];
}

export interface PlanView {
  readonly page: string;
  readonly policy: string;
  readonly current: number;
  readonly desired: number;
  readonly chain: readonly Step[];
  readonly actions: readonly string[];
  /** The actions would be said, and not done. */
  readonly dryRun: boolean;
}

/** What `/api/v1/events` sends, by type; `at` is a moment. README.md beside this says when. */
export interface LiveEvents {
  readonly tick: {
    readonly at: string;
    /** Of the pass. */
    readonly seconds: number;
    readonly status: StatusView & { readonly healthy: boolean };
    /** The warm ones, hottest first; fifty at most. */
    readonly pages: readonly PageView[];
  };
  readonly decided: DecisionView;
  readonly replica: {
    readonly at: string;
    /** `null`: it came to be. */
    readonly from: ReplicaState | null;
    readonly replica: Omit<ReplicaView, 'ageSeconds' | 'stateSeconds' | 'requests' | 'openConnections'>;
  };
  readonly ordered: {
    readonly at: string;
    readonly verb: string;
    readonly page: string | null;
    readonly detail: string;
    readonly by: string;
  };
  readonly surge: { readonly at: string; readonly page: string };
  readonly reacted: {
    readonly at: string;
    readonly page: string;
    readonly replica: string;
    readonly seconds: number;
  };
  readonly published: {
    readonly at: string;
    readonly serial: number;
    readonly changed: number;
    readonly removed: number;
  };
  readonly trouble: { readonly at: string; readonly what: string; readonly problems: readonly string[] };
}
