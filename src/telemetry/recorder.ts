import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '../clock.js';
import type { DnsCounters } from '../dns/counters.js';
import type { DriverName } from '../policy/policy.js';
import type { Reason } from '../scale/reason.js';
import type { ReplicaState } from '../scale/replica.js';
import { setDns } from './dns-series.js';
import { formatHistogram } from './exposition.js';
import * as sets from './label-sets.js';
import { type DeclaredMetrics, DNS_DURATION, declareMetrics, METRIC_PREFIX } from './metrics.js';
import { OTHER_PAGES } from './page-labels.js';
import { type PageSample, PageSeries } from './page-series.js';
import { initialiseDecisions, type PolicySample, removePolicy, setPolicy } from './policy-series.js';

export interface MetricsOptions {
  readonly clock: Clock;
  /** Of hotzone itself. */
  readonly version: string;
  /** Drivers in use: their series are there with 0 before anything happens. */
  readonly drivers: readonly DriverName[];
  /** Read once a scrape. */
  readonly dns?: () => DnsCounters;
  /** Bytes on disk; read once a scrape. */
  readonly storeSize?: () => number;
}

/** What the control side tells, in its own words. Every time is in seconds. */
export interface Metrics {
  /** A pass of the control loop ended well. */
  observeTick(seconds: number): void;
  /** `by` decisions of one kind at once, 1 when left out. */
  countDecision(decision: {
    readonly policy: string;
    readonly direction: sets.Direction;
    readonly reason: Reason;
    readonly by?: number;
  }): void;
  /** Only for pages that exist. */
  setPage(sample: PageSample): void;
  countPageQueries(page: string, queries: number): void;
  countPageRequests(page: string, server: sets.Server, requests: number): void;
  /** The page left the site. */
  forgetPage(page: string): void;
  setPolicy(sample: PolicySample): void;
  /** The policy was removed. */
  forgetPolicy(policy: string): void;
  /** All replicas there are; what is not named is 0. */
  setInstances(
    counts: readonly { readonly driver: DriverName; readonly state: ReplicaState; readonly count: number }[],
  ): void;
  /** Connections that are open at replicas; drivers that are not named have none. */
  setConnections(counts: readonly { readonly driver: DriverName; readonly connections: number }[]): void;
  setTotals(totals: Totals): void;
  /** A replica has cost so much more, in the currency of the policies. */
  countCost(driver: DriverName, cost: number): void;
  countSurge(): void;
  countPublication(serial: number): void;
  /** Something could not be done, and is tried again. */
  countTrouble(): void;
  countLaunch(launch: { readonly driver: DriverName; readonly result: sets.LaunchResult }): void;
  countTermination(termination: {
    readonly driver: DriverName;
    readonly reason: sets.TerminationReason;
  }): void;
  observeBoot(driver: DriverName, seconds: number): void;
  observeReaction(driver: DriverName, seconds: number): void;
  observeDrain(seconds: number): void;
  countDriverRequest(
    driver: DriverName,
    operation: sets.DriverOperation,
    result: sets.DriverResult,
    seconds: number,
  ): void;
  setDriver(sample: DriverSample): void;
  policyLoad(ok: boolean): void;
  /** Everything in Prometheus's text format. */
  render(): Promise<string>;
}

export interface DriverSample {
  readonly driver: DriverName;
  /** Nothing speaks against it on this host. */
  readonly usable: boolean;
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** Unix time in seconds until which it is not asked to boot; 0 = it is asked. */
  readonly backoffUntil: number;
}

/** Over all pages and policies. */
export interface Totals {
  readonly sitePages: number;
  readonly hotPages: number;
  readonly budgetUsed: number;
  readonly budgetMax: number;
  /** An hour, in the currency of the policies. */
  readonly cost: number;
  /** `null`: no limit. */
  readonly maxCost: number | null;
}

/** Policies that have series of their own; the names come from the operator's files, so this is never met in earnest. */
const MAX_POLICIES = 50;
/** Metrics whose samples are left out for a policy past that bound. */
const BOUNDED = ['scaling_decisions_total', 'policy_desired_replicas'] as const;
/** prom-client calls these gauges `…_total`, which is a counter's name. */
const MISNAMED_DEFAULTS = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
const EVENT_LOOP_PRECISION_MS = 100;
const MILLISECONDS_PER_SECOND = 1_000;

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const declared = declareMetrics(registry);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  for (const name of MISNAMED_DEFAULTS) registry.removeSingleMetric(name);

  const policies = new Set<string>();
  const pages = new PageSeries();
  const seconds = () => options.clock.wall() / MILLISECONDS_PER_SECOND;
  const hasSeries = (policy: string, metric: (typeof BOUNDED)[number]): boolean => {
    if (policies.has(policy)) return true;
    if (policies.size >= MAX_POLICIES) {
      declared.seriesDropped.inc({ metric: METRIC_PREFIX + metric });
      return false;
    }
    policies.add(policy);
    initialiseDecisions(declared, policy);
    return true;
  };
  // Without labels it would be there as 0, which is a limit too.
  declared.budgetMaxCost.remove();
  for (const metric of BOUNDED) declared.seriesDropped.inc({ metric: METRIC_PREFIX + metric }, 0);
  declared.buildInfo.set({ version: options.version, node: process.versions.node }, 1);
  initialiseDrivers(declared, options.drivers);

  return {
    observeTick: (duration) => {
      declared.loopDuration.observe(duration);
      declared.loopLastSuccess.set(seconds());
    },
    countDecision: ({ policy, direction, reason, by = 1 }) => {
      if (!hasSeries(policy, 'scaling_decisions_total')) return;
      declared.decisions.inc({ policy, direction, reason }, by);
    },
    setPage: (sample) => {
      const evicted = pages.set(sample, options.clock.now());
      if (evicted !== undefined) removePage(declared, evicted);
    },
    countPageQueries: (page, queries) => declared.pageQueries.inc({ page: pages.labelOf(page) }, queries),
    countPageRequests: (page, server, requests) =>
      declared.pageRequests.inc({ page: pages.labelOf(page), server }, requests),
    forgetPage: (page) => {
      if (pages.forget(page)) removePage(declared, page);
    },
    setPolicy: (sample) => {
      if (hasSeries(sample.policy, 'policy_desired_replicas')) setPolicy(declared, sample);
    },
    forgetPolicy: (policy) => {
      policies.delete(policy);
      removePolicy(declared, policy);
    },
    setInstances: (counts) => {
      for (const driver of options.drivers)
        for (const state of sets.REPLICA_STATES) declared.instances.set({ driver, state }, 0);
      for (const { driver, state, count } of counts)
        if (state !== 'gone') declared.instances.set({ driver, state }, count);
    },
    setConnections: (counts) => {
      for (const driver of options.drivers) declared.connections.set({ driver }, 0);
      for (const { driver, connections } of counts) declared.connections.set({ driver }, connections);
    },
    setTotals: ({ sitePages, hotPages, budgetUsed, budgetMax, cost, maxCost }) => {
      declared.sitePages.set(sitePages);
      declared.hotPages.set(hotPages);
      declared.budgetUsed.set(budgetUsed);
      declared.budgetMax.set(budgetMax);
      declared.budgetCost.set(cost);
      if (maxCost === null) declared.budgetMaxCost.remove();
      else declared.budgetMaxCost.set(maxCost);
    },
    countCost: (driver, cost) => declared.cost.inc({ driver }, cost),
    countSurge: () => declared.surges.inc(),
    countPublication: (serial) => {
      declared.publications.inc();
      declared.zoneSerial.set(serial);
    },
    countTrouble: () => declared.troubles.inc(),
    countLaunch: (launch) => declared.launches.inc({ ...launch }),
    countTermination: (termination) => declared.terminations.inc({ ...termination }),
    observeBoot: (driver, duration) => declared.bootDuration.observe({ driver }, duration),
    observeReaction: (driver, duration) => declared.reactionDuration.observe({ driver }, duration),
    observeDrain: (duration) => declared.drainDuration.observe(duration),
    countDriverRequest: (driver, operation, result, duration) => {
      declared.driverRequests.inc({ driver, operation, result });
      declared.driverDuration.observe({ driver, operation }, duration);
    },
    setDriver: ({ driver, usable, waiting, backoffUntil }) => {
      declared.driverUsable.set({ driver }, usable ? 1 : 0);
      declared.driverWaiting.set({ driver }, waiting);
      declared.driverBackoff.set({ driver }, backoffUntil);
    },
    policyLoad: (ok) => {
      declared.policyLastReloadOk.set(ok ? 1 : 0);
      if (ok) declared.policyLastReload.set(seconds());
      else declared.policyLoadErrors.inc();
    },
    render: async () => {
      setPages(declared, pages);
      if (options.storeSize !== undefined) declared.storeSize.set(options.storeSize());
      const dns = options.dns?.();
      if (dns === undefined) return registry.metrics();
      setDns(declared, dns);
      return `${await registry.metrics()}\n${formatHistogram(DNS_DURATION, dns.duration)}`;
    },
  };
}

/** A rate over a series that begins with its first event misses that event, so whatever can be known starts at 0. */
function initialiseDrivers(declared: DeclaredMetrics, drivers: readonly DriverName[]): void {
  declared.pageQueries.inc({ page: OTHER_PAGES }, 0);
  declared.policyLastReloadOk.set(1);
  for (const driver of drivers) {
    declared.driverUsable.set({ driver }, 1);
    declared.driverWaiting.set({ driver }, 0);
    declared.driverBackoff.set({ driver }, 0);
    declared.connections.set({ driver }, 0);
    declared.cost.inc({ driver }, 0);
    declared.bootDuration.zero({ driver });
    declared.reactionDuration.zero({ driver });
    for (const state of sets.REPLICA_STATES) declared.instances.set({ driver, state }, 0);
    for (const result of sets.LAUNCH_RESULTS) declared.launches.inc({ driver, result }, 0);
    for (const reason of sets.TERMINATION_REASONS) declared.terminations.inc({ driver, reason }, 0);
    for (const operation of sets.DRIVER_OPERATIONS) {
      declared.driverDuration.zero({ driver, operation });
      for (const result of sets.DRIVER_RESULTS) declared.driverRequests.inc({ driver, operation, result }, 0);
    }
  }
}

/** Counters of a page go with its slot; its gauges are set anew at every scrape. */
function removePage(declared: DeclaredMetrics, page: string): void {
  declared.pageQueries.remove({ page });
  for (const server of sets.SERVERS) declared.pageRequests.remove({ page, server });
}

function setPages(declared: DeclaredMetrics, pages: PageSeries): void {
  for (const gauge of [
    ...[declared.pageMetricValue, declared.pagePanicValue, declared.pageTargetValue, declared.pageMax],
    ...[declared.pageDesired, declared.pageReady, declared.pageMissing],
  ])
    gauge.reset();
  for (const { label: page, load, target, max, desired, ready, missing } of pages.byLabel()) {
    if (load !== null) {
      declared.pageMetricValue.set({ page }, load.stable);
      declared.pagePanicValue.set({ page }, load.panic);
    }
    if (target !== null) declared.pageTargetValue.set({ page }, target);
    declared.pageMax.set({ page }, max);
    declared.pageDesired.set({ page }, desired);
    declared.pageReady.set({ page }, ready);
    declared.pageMissing.set({ page }, missing);
  }
}
