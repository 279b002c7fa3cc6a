import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type Metrics } from '../../src/telemetry/recorder.js';
import { lintMetrics, parseMetrics } from '../helpers/promlint.js';
import { pageSample, SetClock, SOME_DNS_COUNTERS, SOME_POLICY } from '../helpers/telemetry.js';

function someMetrics(clock = new SetClock()): Metrics {
  return createMetrics({
    clock,
    version: '1.2.3',
    drivers: ['process', 'ec2'],
    dns: () => SOME_DNS_COUNTERS,
  });
}

/** The value of one series, e.g. `seriesValue(text, 'hotzone_instances', 'driver="xl"')`; undefined if there is none. */
async function seriesValue(metrics: Metrics, name: string, ...labels: string[]): Promise<number | undefined> {
  const samples = parseMetrics(await metrics.render()).flatMap((metric) => metric.samples);
  return samples.find(
    (sample) => sample.name === name && labels.every((label) => sample.labels.includes(label)),
  )?.value;
}

test('every metric follows the rules of Prometheus, and ours carry the prefix', async () => {
  const exposed = parseMetrics(await someMetrics().render());
  assert.deepEqual(lintMetrics(exposed), []);
  assert.ok(exposed.filter((metric) => metric.name.startsWith('hotzone_')).length > 25);
  const names = exposed.map((metric) => metric.name);
  assert.equal(new Set(names).size, names.length);
});

test('the rules find what breaks them', () => {
  const bad = parseMetrics(
    [
      '# HELP hotzone_queries Queries.',
      '# TYPE hotzone_queries counter',
      'hotzone_queries 1',
      '# HELP hotzone_boot_ms ',
      '# TYPE hotzone_boot_ms gauge',
      'hotzone_boot_ms{driver="xl"} 2',
      '# HELP hotzone_live_total Live.',
      '# TYPE hotzone_live_total gauge',
    ].join('\n'),
  );
  assert.deepEqual(lintMetrics(bad), [
    'hotzone_queries is a counter without _total',
    'hotzone_boot_ms has no HELP',
    'hotzone_boot_ms abbreviates a unit: ms',
    'hotzone_live_total has _total, but is no counter',
  ]);
});

test('two instances share nothing', async () => {
  const [one, other] = [someMetrics(), someMetrics()];
  one.policyLoad(false);
  assert.equal(await seriesValue(one, 'hotzone_policy_load_errors_total'), 1);
  assert.equal(await seriesValue(other, 'hotzone_policy_load_errors_total'), 0);
});

test('what can be known beforehand is there with 0', async () => {
  const metrics = someMetrics();
  assert.equal(
    await seriesValue(metrics, 'hotzone_instance_launches_total', 'driver="ec2"', 'result="capacity"'),
    0,
  );
  assert.equal(await seriesValue(metrics, 'hotzone_instances', 'driver="process"', 'state="orphan"'), 0);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_responses_total', 'rcode="SERVFAIL"'), 0);
  assert.equal(await seriesValue(metrics, 'hotzone_page_queries_total', 'page="_other"'), 0);
  assert.equal(await seriesValue(metrics, 'hotzone_instances', 'driver="xl"'), undefined);
});

test("the DNS process's counts are taken as they are, at every scrape anew", async () => {
  const metrics = someMetrics();
  await metrics.render();
  assert.equal(await seriesValue(metrics, 'hotzone_dns_requests_total', 'udp', 'ipv4', 'qtype="A"'), 7);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_requests_total', 'qtype="other"', 'udp', 'ipv4'), 1);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_responses_total', 'rcode="other"'), 2);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_ignored_requests_total', 'reason="response"'), 4);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_truncated_responses_total'), 3);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_tcp_connections'), 1);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_request_duration_seconds_bucket', 'le="0.0005"'), 9);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_request_duration_seconds_bucket', 'le="+Inf"'), 10);
  assert.equal(await seriesValue(metrics, 'hotzone_dns_request_duration_seconds_sum'), 0.004);
});

test('decisions count under their reason, many at once if need be', async () => {
  const metrics = someMetrics();
  const decision = { policy: 'default', direction: 'none' } as const;
  metrics.countDecision({ ...decision, reason: 'WithinTolerance', by: 40 });
  metrics.countDecision({ ...decision, reason: 'WithinTolerance' });
  const name = 'hotzone_scaling_decisions_total';
  assert.equal(await seriesValue(metrics, name, 'reason="WithinTolerance"', 'direction="none"'), 41);
});

test('ten thousand pages make no more series than fifty', async () => {
  const metrics = someMetrics();
  for (let n = 0; n < 10_000; n += 1) {
    const page = `/${n}.html`;
    metrics.setPage(pageSample(page, n % 3, n));
    metrics.countPageQueries(page, 1);
    metrics.countPageRequests(page, 'origin', 1);
  }
  const exposed = parseMetrics(await metrics.render());
  for (const name of [
    'hotzone_page_ready_replicas',
    'hotzone_page_metric_value',
    'hotzone_page_queries_total',
    'hotzone_page_requests_total',
  ]) {
    const samples = exposed.find((metric) => metric.name === name)?.samples ?? [];
    assert.equal(samples.length, 51, name);
  }
  const ready = exposed.find((metric) => metric.name === 'hotzone_page_ready_replicas')?.samples ?? [];
  assert.equal(
    ready.reduce((sum, sample) => sum + sample.value, 0),
    9_999,
  );
  const series = exposed.reduce((sum, metric) => sum + metric.samples.length, 0);
  assert.ok(series < 2_000, `${series} series`);
});

test('a page that loses its slot or leaves the site takes its series with it', async () => {
  const clock = new SetClock();
  const metrics = someMetrics(clock);
  const queries = (page: string) => seriesValue(metrics, 'hotzone_page_queries_total', `page="${page}"`);
  for (let n = 0; n < 50; n += 1) metrics.setPage(pageSample(`/${n}`, 0, 1));
  metrics.countPageQueries('/0', 5);
  assert.equal(await queries('/0'), 5);
  clock.advance(3_600_000);
  metrics.setPage(pageSample('/new', 0, 1));
  assert.equal(await queries('/0'), undefined);
  metrics.countPageQueries('/new', 2);
  metrics.forgetPage('/new');
  assert.equal(await queries('/new'), undefined);
  assert.equal(await seriesValue(metrics, 'hotzone_page_metric_value', 'page="/new"'), undefined);
});

test("a policy's series end with it, and policies past the bound are counted, not shown", async () => {
  const metrics = someMetrics();
  for (let n = 0; n < 51; n += 1) metrics.setPolicy({ ...SOME_POLICY, policy: `p${n}` });
  assert.equal(await seriesValue(metrics, 'hotzone_policy_panic', 'policy="p49"'), 1);
  assert.equal(await seriesValue(metrics, 'hotzone_policy_panic', 'policy="p50"'), undefined);
  assert.equal(await seriesValue(metrics, 'hotzone_metrics_series_dropped_total', 'policy_desired'), 1);
  metrics.setPolicy({ ...SOME_POLICY, policy: 'p1', metricValue: null });
  assert.equal(await seriesValue(metrics, 'hotzone_policy_metric_value', 'policy="p1"'), undefined);
  metrics.countDecision({ policy: 'p0', direction: 'up', reason: 'Panic' });
  metrics.forgetPolicy('p0');
  assert.equal(await seriesValue(metrics, 'hotzone_policy_target_value', 'policy="p0"'), undefined);
  assert.equal(await seriesValue(metrics, 'hotzone_scaling_decisions_total', 'policy="p0"'), undefined);
});

test('a policy shows how many pages a reason has a part in, and its decisions begin with 0', async () => {
  const metrics = someMetrics();
  metrics.setPolicy(SOME_POLICY);
  const pages = (reason: string) =>
    seriesValue(metrics, 'hotzone_policy_reason_pages', 'policy="some"', `reason="${reason}"`);
  assert.equal(await pages('Panic'), 3);
  assert.equal(await pages('BudgetExceeded'), 0);
  assert.equal(await pages('DesiredWithinRange'), undefined);
  const decisions = (direction: string) =>
    seriesValue(metrics, 'hotzone_scaling_decisions_total', `direction="${direction}"`, 'reason="Panic"');
  assert.deepEqual([await decisions('up'), await decisions('down')], [0, 0]);
});

test('a refused policy file shows until the files are right again', async () => {
  const metrics = someMetrics();
  const ok = () => seriesValue(metrics, 'hotzone_policy_last_reload_successful');
  assert.equal(await ok(), 1);
  metrics.policyLoad(false);
  assert.equal(await ok(), 0);
  metrics.policyLoad(true);
  assert.equal(await ok(), 1);
});

test('no limit of cost is no series, and a limit of 0 is one', async () => {
  const metrics = someMetrics();
  const totals = { sitePages: 3, hotPages: 1, budgetUsed: 2, budgetMax: 9, cost: 0.7 };
  const limits = async () => [
    await seriesValue(metrics, 'hotzone_budget_max_hourly_cost'),
    await seriesValue(metrics, 'hotzone_policy_max_hourly_cost'),
  ];
  assert.deepEqual(await limits(), [undefined, undefined]);
  metrics.setTotals({ ...totals, maxCost: 0 });
  metrics.setPolicy({ ...SOME_POLICY, maxHourlyCost: 0 });
  assert.deepEqual(await limits(), [0, 0]);
  metrics.setTotals({ ...totals, maxCost: null });
  metrics.setPolicy({ ...SOME_POLICY, maxHourlyCost: null });
  assert.deepEqual(await limits(), [undefined, undefined]);
  assert.equal(await seriesValue(metrics, 'hotzone_budget_used_hourly_cost'), 0.7);
  metrics.countCost('ec2', 0.25);
  metrics.countCost('ec2', 0.25);
  assert.equal(await seriesValue(metrics, 'hotzone_instance_cost_total', 'ec2'), 0.5);
});

test('a page without a slot has no target, and the loads of all of them are summed', async () => {
  const metrics = someMetrics();
  for (let n = 0; n < 52; n += 1) metrics.setPage(pageSample(`/${n}`, 1, 7));
  assert.equal(await seriesValue(metrics, 'hotzone_page_panic_metric_value', 'page="_other"'), 14);
  assert.equal(await seriesValue(metrics, 'hotzone_page_target_value', 'page="_other"'), undefined);
  assert.equal(await seriesValue(metrics, 'hotzone_page_target_value', 'page="/0"'), 10);
});

test('instances are set whole: what is not named is 0', async () => {
  const metrics = someMetrics();
  metrics.setInstances([{ driver: 'process', state: 'serving', count: 3 }]);
  assert.equal(await seriesValue(metrics, 'hotzone_instances', 'process', 'serving'), 3);
  metrics.setInstances([
    { driver: 'process', state: 'draining', count: 3 },
    { driver: 'process', state: 'gone', count: 9 },
  ]);
  assert.equal(await seriesValue(metrics, 'hotzone_instances', 'process', 'serving'), 0);
  assert.equal(await seriesValue(metrics, 'hotzone_instances', 'process', 'draining'), 3);
  assert.equal(await seriesValue(metrics, 'hotzone_instances', 'state="gone"'), undefined);
});

test('durations, calls and times come out in seconds', async () => {
  const metrics = someMetrics();
  metrics.observeTick(0.002);
  metrics.observeBoot('process', 0.09);
  metrics.observeReaction('process', 0.2);
  metrics.observeDrain(31);
  metrics.countLaunch({ driver: 'process', result: 'ok' });
  metrics.countTermination({ driver: 'process', reason: 'scale_down' });
  metrics.countDriverRequest('process', 'create', 'transient', 0.01);
  metrics.setDriver({ driver: 'ec2', usable: false, waiting: 3, backoffUntil: 1_800_000_000 });
  metrics.policyLoad(true);
  const expected: readonly (readonly [number, string, ...string[]])[] = [
    [1, 'hotzone_control_loop_duration_seconds_count'],
    [1_767_225_601, 'hotzone_control_loop_last_success_timestamp_seconds'],
    [1_767_225_601, 'hotzone_policy_last_reload_success_timestamp_seconds'],
    [1, 'hotzone_instance_boot_duration_seconds_bucket', 'le="0.1"', 'process'],
    [0, 'hotzone_instance_boot_duration_seconds_bucket', 'le="0.05"', 'process'],
    [0.2, 'hotzone_scale_reaction_duration_seconds_sum', 'process'],
    [31, 'hotzone_drain_duration_seconds_sum'],
    [1, 'hotzone_instance_launches_total', 'process', 'result="ok"'],
    [1, 'hotzone_instance_terminations_total', 'process', 'reason="scale_down"'],
    [1, 'hotzone_driver_requests_total', 'operation="create"', 'result="transient"'],
    [0.01, 'hotzone_driver_request_duration_seconds_sum', 'operation="create"', 'process'],
    [0, 'hotzone_driver_usable', 'ec2'],
    [3, 'hotzone_driver_waiting_calls', 'ec2'],
    [1_800_000_000, 'hotzone_driver_backoff_until_timestamp_seconds', 'ec2'],
    [0, 'hotzone_driver_backoff_until_timestamp_seconds', 'process'],
    [1, 'hotzone_driver_usable', 'process'],
    [1.5, 'hotzone_dns_process_cpu_seconds_total'],
    [50_000_000, 'hotzone_dns_process_resident_memory_bytes'],
    [1, 'hotzone_build_info', 'version="1.2.3"'],
  ];
  for (const [value, name, ...labels] of expected)
    assert.equal(await seriesValue(metrics, name, ...labels), value, name);
});
