import type { Image } from './image.js';

/** A policy as parsed and checked: durations in milliseconds, defaults filled in. The file's form is in `schema.ts`. */
export interface Policy {
  readonly version: 1;
  readonly name: string;
  /** The file that it was read from, for messages. */
  readonly file: string;
  readonly enabled: boolean;
  /** Decide, log and explain, but never act. */
  readonly dryRun: boolean;
  /** Who wins where two policies match one page, and when the budget is short; higher first. */
  readonly priority: number;
  readonly match: { readonly pages: readonly string[]; readonly exclude: readonly string[] };
  /** Replicas; the origin does not count. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metric: Metric;
  readonly behavior: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
  readonly cooldown: { readonly scaleUp: number; readonly scaleDown: number; readonly toZero: number };
  readonly schedules: readonly Schedule[];
  /** Null: while nothing is measured the number stays. */
  readonly fallback: Fallback | null;
  readonly budget: Budget;
  /** Tried in order; the first whose driver has room boots the replica. */
  readonly placement: readonly Placement[];
  readonly instance: {
    readonly bootTimeout: number;
    /** Since it was planned; null: as long as it likes. */
    readonly maxLifetime: number | null;
  };
  readonly probe: ProbeSettings;
  readonly backoff: BackoffSettings;
  readonly dns: DnsSettings;
}

export type MetricType = 'demand' | 'dnsQueryRate' | 'uniqueClients' | 'httpRequestRate';

export interface Metric {
  readonly type: MetricType;
  /** Load per replica that is aimed at, in the unit of `type` (visits, queries or requests per second; clients). */
  readonly target: number;
  /** From 0 replicas, nothing boots below this. */
  readonly activation: number;
  /** Relative dead band around the current number of replicas, e.g. 0.1; never applied to bounds. */
  readonly tolerance: number;
  readonly stableWindow: number;
  readonly panic: { readonly window: number; readonly threshold: number };
  /** Prefixes in CIDR form. */
  readonly ignoreClients: readonly string[];
}

/** HPA's `behavior.scaleUp` / `behavior.scaleDown`. */
export interface ScalingRules {
  readonly stabilizationWindow: number;
  readonly policies: readonly ScalingRate[];
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
}

export interface ScalingRate {
  readonly type: 'Replicas' | 'Percent';
  readonly value: number;
  readonly period: number;
}

/** What all pages of a policy may have together. */
export interface Budget {
  readonly maxInstances: number;
  /** In the currency of `hourlyCost`; null: no limit. */
  readonly maxHourlyCost: number | null;
  /** Of the budget of all policies. */
  readonly onExceeded: 'hold' | 'evictLowerPriority';
}

/** What a page has while nothing of its metric is measured. */
export interface Fallback {
  /** Looks in a row that found nothing. */
  readonly failureThreshold: number;
  readonly behavior: 'static' | 'currentReplicas' | 'currentReplicasIfHigher' | 'currentReplicasIfLower';
  /** 0 where `behavior` needs none. */
  readonly replicas: number;
}

/** A time in which there is another floor or ceiling. */
export interface Schedule {
  readonly name: string;
  /** A name of the IANA database. */
  readonly timezone: string;
  /** Cron expressions of five fields, in that zone; either `duration` (milliseconds) or `end` is there. */
  readonly start: string;
  readonly duration: number | null;
  readonly end: string | null;
  readonly minReplicas: number | null;
  readonly maxReplicas: number | null;
  /** So much earlier `minReplicas` holds already. */
  readonly prewarm: number;
}

export type DriverName = 'process' | 'qemu' | 'xl' | 'ec2';

export interface Placement {
  readonly driver: DriverName;
  /** At most so many replicas of one page by this placement. */
  readonly maxReplicas: number;
  /** What one of its replicas costs. */
  readonly hourlyCost: number;
  /** Bytes that a virtual machine gets; the driver chooses unless given. */
  readonly memory?: number;
  /** What its replicas run; hotzone's own unless given. */
  readonly image?: Image;
}

export interface ProbeSettings {
  readonly period: number;
  readonly timeout: number;
  /** Beside the status 200: `match` is exactly the page's body, `any` whatever comes, as of a page made for each visitor. */
  readonly bodySha256: 'match' | 'any';
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface BackoffSettings {
  readonly initial: number;
  readonly max: number;
  /** After so long without a failure the next one counts as the first. */
  readonly resetAfter: number;
  /** After so many failures in a row the page stays on the origin until its content or policy changes. */
  readonly quarantineAfter: number;
}

export interface DnsSettings {
  /** Seconds, unlike every other time in a policy, since DNS counts so. */
  readonly ttl: number;
  readonly minTtl: number;
  readonly maxTtl: number;
  readonly maxAddresses: number;
  readonly includeOrigin: 'always' | 'whenBelowTarget' | 'never';
  readonly drain: { readonly gracePeriod: number; readonly maxDuration: number; readonly untilIdle: boolean };
}
