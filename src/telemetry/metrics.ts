import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export const METRIC_PREFIX = 'hotzone_';

/** Seconds; from a child process on this host to a virtual machine in a cloud. */
const BOOT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 300];
const DRAIN_BUCKETS = [1, 5, 15, 30, 60, 90, 120, 180, 300, 600, 1200];
/** Seconds; a fork takes milliseconds, a cloud's API seconds. */
const CALL_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30];
const LOOP_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/**
 * Every metric of the daemon, declared here and nowhere else, except for the histogram of the DNS process, which
 * counts by itself (`DNS_DURATION`). Names and units follow prometheus.io/docs/practices/naming.
 */
export function declareMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []): Counter<T> =>
    new Counter({ name: METRIC_PREFIX + name, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> =>
    new Gauge({ name: METRIC_PREFIX + name, help, labelNames, registers });
  const histogram = <T extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly T[] = [],
  ): Histogram<T> => new Histogram({ name: METRIC_PREFIX + name, help, buckets, labelNames, registers });

  return {
    buildInfo: gauge('build_info', 'Always 1; the labels say what is running.', ['version', 'node']),

    dnsRequests: counter('dns_requests_total', 'DNS queries received.', ['proto', 'family', 'qtype']),
    dnsResponses: counter('dns_responses_total', 'DNS responses sent, by where their data came from.', [
      'rcode',
      'source',
    ]),
    dnsTruncated: counter(
      'dns_truncated_responses_total',
      'DNS responses over UDP that did not fit (TC set).',
    ),
    dnsIgnored: counter('dns_ignored_requests_total', 'DNS packets dropped without a response.', ['reason']),
    dnsTcpConnections: gauge('dns_tcp_connections', 'Open TCP connections of DNS clients.'),
    dnsProcessCpu: counter(
      'dns_process_cpu_seconds_total',
      'Processor time, user and system, of the process that answers DNS.',
    ),
    dnsProcessBusy: counter(
      'dns_process_busy_seconds_total',
      'Time in which the event loop of the process that answers DNS was not idle; a rate of 1 is all of it.',
    ),
    dnsProcessMemory: gauge(
      'dns_process_resident_memory_bytes',
      'Resident memory of the process that answers DNS.',
    ),

    publications: counter(
      'publications_total',
      'Changes of the answers that the name server has taken over.',
    ),
    zoneSerial: gauge('zone_serial', 'SOA serial of the last publication.'),
    sitePages: gauge('site_pages', 'Pages of the site.'),
    hotPages: gauge('hot_pages', 'Pages that have replicas, or are to have them.'),

    pageQueries: counter(
      'page_queries_total',
      'Address queries for a page; pages without a slot are _other.',
      ['page'],
    ),
    pageRequests: counter(
      'page_requests_total',
      'HTTP requests for a page, probes left out, by who answered them.',
      ['page', 'server'],
    ),
    pageMetricValue: gauge(
      'page_metric_value',
      'Load of the page over the stable window, in what its policy measures.',
      ['page'],
    ),
    pagePanicValue: gauge(
      'page_panic_metric_value',
      'Load of the page over the panic window, in what its policy measures.',
      ['page'],
    ),
    pageTargetValue: gauge(
      'page_target_value',
      'Load that one replica of the page is for; pages without a slot have none.',
      ['page'],
    ),
    pageMissing: gauge(
      'page_missing_replicas',
      'Replicas that the page is to have and that do not serve yet; a dry run misses none.',
      ['page'],
    ),
    pageMax: gauge('page_max_replicas', 'Most replicas that the page may have.', ['page']),
    pageDesired: gauge('page_desired_replicas', 'Replicas that the page is to have.', ['page']),
    pageReady: gauge('page_ready_replicas', 'Replicas of the page that serve.', ['page']),

    policyMetricValue: gauge(
      'policy_metric_value',
      "Load that the decisions used, summed over the policy's pages.",
      ['policy'],
    ),
    policyTargetValue: gauge('policy_target_value', 'Load per replica that the policy aims at.', ['policy']),
    policyDesired: gauge('policy_desired_replicas', "Replicas that the policy's pages are to have.", [
      'policy',
    ]),
    policyReady: gauge('policy_ready_replicas', "Replicas of the policy's pages that serve.", ['policy']),
    policyMax: gauge('policy_max_replicas', "Most replicas that the policy's pages may have together.", [
      'policy',
    ]),
    policyCost: gauge('policy_hourly_cost', "What the replicas of the policy's pages cost an hour.", [
      'policy',
    ]),
    policyMaxCost: gauge(
      'policy_max_hourly_cost',
      "Most that the policy's pages may cost an hour together; not there without such a limit.",
      ['policy'],
    ),
    policyPanic: gauge('policy_panic', '1 while a page of the policy is scaled by its panic window.', [
      'policy',
    ]),
    policyDryRun: gauge('policy_dry_run', '1 while the policy decides, and nothing is done about it.', [
      'policy',
    ]),
    policyReasonPages: gauge(
      'policy_reason_pages',
      'Pages of the policy in whose present decision the reason has a part; one page may count for several.',
      ['policy', 'reason'],
    ),
    policyLastReloadOk: gauge(
      'policy_last_reload_successful',
      '1 when the last look at the policies found no mistake, 0 while the last good ones are in force instead.',
    ),
    policyLoadErrors: counter('policy_load_errors_total', 'Policy files refused; the last good ones stayed.'),
    policyLastReload: gauge(
      'policy_last_reload_success_timestamp_seconds',
      'When the policies were last loaded without error.',
    ),

    decisions: counter('scaling_decisions_total', 'Decisions on a page, by the reason that decided.', [
      'policy',
      'direction',
      'reason',
    ]),
    surges: counter('surges_total', 'Times that the load of a page began to ask for more than there was.'),
    budgetMax: gauge('budget_max_instances', 'Most replicas that all policies together may have.'),
    budgetUsed: gauge('budget_used_instances', 'Replicas that count against the budget of all policies.'),
    budgetCost: gauge(
      'budget_used_hourly_cost',
      'What those replicas cost an hour, in the currency of the policies.',
    ),
    budgetMaxCost: gauge(
      'budget_max_hourly_cost',
      'Most that all policies together may cost an hour; not there without such a limit.',
    ),
    cost: counter(
      'instance_cost_total',
      'What replicas have cost since the daemon was started, by the prices of their placements.',
      ['driver'],
    ),
    instances: gauge('instances', 'Replicas by state.', ['driver', 'state']),
    connections: gauge(
      'instance_open_connections',
      'Connections that are open at replicas, as far as they told.',
      ['driver'],
    ),
    launches: counter('instance_launches_total', 'Attempts to start a replica, by how they ended.', [
      'driver',
      'result',
    ]),
    terminations: counter('instance_terminations_total', 'Replicas ended.', ['driver', 'reason']),
    bootDuration: histogram(
      'instance_boot_duration_seconds',
      'From the call of the driver to the first good probe.',
      BOOT_BUCKETS,
      ['driver'],
    ),
    reactionDuration: histogram(
      'scale_reaction_duration_seconds',
      'From the load over the target to the first answer that holds the new address.',
      BOOT_BUCKETS,
      ['driver'],
    ),
    drainDuration: histogram(
      'drain_duration_seconds',
      'From leaving the answers to being destroyed.',
      DRAIN_BUCKETS,
    ),

    driverRequests: counter('driver_requests_total', 'Calls of a driver.', ['driver', 'operation', 'result']),
    driverDuration: histogram(
      'driver_request_duration_seconds',
      'Time that calls of a driver took.',
      CALL_BUCKETS,
      ['driver', 'operation'],
    ),
    driverWaiting: gauge('driver_waiting_calls', 'Calls of the driver that wait for their turn.', ['driver']),
    driverBackoff: gauge(
      'driver_backoff_until_timestamp_seconds',
      'Until when the driver is not asked to boot, since it was full; 0 = it is asked.',
      ['driver'],
    ),
    driverUsable: gauge(
      'driver_usable',
      '0 when the driver has found that it cannot run replicas on this host.',
      ['driver'],
    ),

    loopDuration: histogram(
      'control_loop_duration_seconds',
      'Time that a pass of the control loop took.',
      LOOP_BUCKETS,
    ),
    loopLastSuccess: gauge(
      'control_loop_last_success_timestamp_seconds',
      'When the control loop last finished a pass.',
    ),
    troubles: counter(
      'control_errors_total',
      'Things that the control loop could not do; it goes on, and tries again.',
    ),
    storeSize: gauge('store_size_bytes', 'Size of the database and of its write-ahead log.'),
    seriesDropped: counter('metrics_series_dropped_total', 'Samples left out because a label set was full.', [
      'metric',
    ]),
  };
}

export type DeclaredMetrics = ReturnType<typeof declareMetrics>;

/** The DNS process fills its own buckets; they are only printed here (`exposition.ts`). */
export const DNS_DURATION = {
  name: `${METRIC_PREFIX}dns_request_duration_seconds`,
  help: 'From the receipt of a DNS query to the sending of its response.',
} as const;
