import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { askByResolvers, goOn, visitOrigin } from '../helpers/daemon/load.js';
import { html, ONE_EACH_POLICY, QUICK_POLICY, Scene } from '../helpers/daemon/scene.js';
import {
  type DashboardFile,
  dashboardExpressions,
  dashboardFiles,
  type Expression,
  PROMETHEUS_DIR,
  ruleExpressions,
} from '../helpers/grafana-files.js';
import { findProgram, skipWithout } from '../helpers/program.js';
import { Prometheus, type Series } from '../helpers/prometheus.js';
import { parsePromql } from '../helpers/promql.js';

/** With a price, so that there is something to pay. */
const PRICED_POLICY = `${QUICK_POLICY}placement: [{ driver: process, hourlyCost: 0.5 }]
budget: { maxHourlyCost: 4 }
`;
const skip = skipWithout('prometheus', 'prometheus') || skipWithout('promtool', 'prometheus');
const HOST = `hot-html.${DOMAIN}`;
const PAGE = '/hot.html';
/** Four scrapes, which is what Grafana makes of `$__rate_interval` when one looks closely. */
const RATE_INTERVAL = '4s';
/** So long nothing happens, so that what came last is in a rate too. */
const CALM_MS = 5_000;
const RULE_FILES = ['recording.rules.yaml', 'alerts.rules.yaml'].map((file) => join(PROMETHEUS_DIR, file));

/** One page whose replicas cannot boot: what fails is to be seen too. */
const BROKEN_POLICY = `${ONE_EACH_POLICY.replace('name: quick', 'name: broken')
  .replace('"/**"', '"/broken.html"')
  .replace('max: 1s', 'max: 500ms, quarantineAfter: 3')}priority: 1
placement: [{ driver: qemu, memory: 16MiB }]
`;

/** Expressions that have no data here, and why not. They are evaluated all the same. */
const WITHOUT_DATA: Readonly<Record<string, string>> = {
  'HotzoneControlLoopStalled critical': 'the loop makes a pass each second',
  'HotzoneDNSErrors warning': 'no response is SERVFAIL',
  'HotzoneDNSErrors critical': 'no response is SERVFAIL',
  'HotzoneNameServerSaturated warning': 'the name server idles nearly all of the time',
  'HotzoneFlapping warning': 'one surge changes a number fewer than ten times',
  'HotzoneBudgetExhausted warning': 'the budget is for a hundred replicas',
  'HotzoneAddressesExhausted warning': 'the pool has 254 addresses',
  'HotzoneSignalMissing warning': 'queries and requests are both counted',
  'HotzoneFallbackActive warning': 'queries and requests are both counted',
  'HotzoneOrphanReplicas warning': 'no replica is in a list that is not in the books',
  'HotzoneControlErrors warning': 'the loop does all that it tries to do',
  'hotzone-daemon: annotation Restarted': 'the daemon is started once',
};

/** A surge of visitors and of resolvers, from nothing to nothing. */
async function surge(daemon: Hotzone): Promise<void> {
  const load = visitOrigin(daemon, HOST, 120);
  const resolvers = await askByResolvers(daemon, HOST, 20);
  await daemon.until('three replicas are answered', async () => (await daemon.addresses(HOST)).length === 3);
  const addresses = await daemon.addresses(HOST);
  const atReplicas = goOn(daemon, () => Promise.all(addresses.map((address) => daemon.fetch(HOST, address))));
  await daemon.query(HOST, 'A', true);
  await setTimeout(CALM_MS);
  await atReplicas.end();
  await resolvers.end();
  await load.end();
  await daemon.until(
    'all replicas are gone',
    async () => (await daemon.page(PAGE)).draining === 0 && (await daemon.page(PAGE)).serving === 0,
  );
}

/** As Grafana fills a variable in: one value as it is, several as a regular expression within a string. */
function asRegexp(values: readonly string[]): string {
  return values.map((value) => value.replaceAll(/[\\^$*+?.()|[\]{}]/g, '\\\\$&')).join('|');
}

async function variablesOf(
  { templating, uid }: DashboardFile,
  prometheus: Prometheus,
): Promise<ReadonlyMap<string, string>> {
  const filled = new Map([['$__rate_interval', RATE_INTERVAL]]);
  for (const { name, query, multi } of templating.list) {
    if (typeof query === 'string') continue;
    const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(fill(query.query, filled)) ?? [];
    const values = await prometheus.labelValues(label ?? '', selector ?? '');
    assert.ok(values.length > 0, `${uid}: ${name} has no values`);
    filled.set(`$${name}`, multi ? asRegexp(values) : PAGE);
    if (!multi) assert.ok(values.includes(PAGE), `${uid}: ${name}`);
  }
  return filled;
}

function fill(expr: string, variables: ReadonlyMap<string, string>): string {
  return expr.replaceAll(/\$\w+/g, (name) => variables.get(name) ?? name);
}

function hasData(series: readonly Series[], isData = Number.isFinite): boolean {
  return series.some(({ values }) => values.some(([, value]) => isData(Number(value))));
}

/** Grafana makes an event of no other value. */
function isEvent(value: number): boolean {
  return value > 0;
}

test('every expression of dashboards and rules has data after a surge', { skip }, async (t: TestContext) => {
  const scene = await Scene.set(t, { 'hot.html': html('hot'), 'broken.html': html('broken') });
  scene.writePolicy('quick.yaml', PRICED_POLICY);
  const startedAt = Date.now() / 1_000;
  const daemon = await scene.start({ args: ['--qemu', 'qemu-of-nobody', '--max-hourly-cost', '5'] });
  const target = daemon.admin.replace('http://', '');
  const prometheus = await Prometheus.start(t, { target, ruleFiles: RULE_FILES });
  // Only now, so that Prometheus sees the failures begin.
  scene.writePolicy('broken.yaml', BROKEN_POLICY);
  await surge(daemon);
  scene.writePolicy('mistake.yaml', 'version: 1\n');
  const isRefused = async () => (await daemon.metric('hotzone_policy_last_reload_successful')) === 0;
  await daemon.until('the mistake is seen', isRefused);
  await setTimeout(CALM_MS);
  const endedAt = Date.now() / 1_000;

  await t.test('promtool finds nothing wrong with what was scraped', async () => {
    const promtool = findProgram('promtool') ?? 'promtool';
    const input = await daemon.metrics();
    const { exitCode, all } = await execa(promtool, ['check', 'metrics'], {
      input,
      all: true,
      reject: false,
    });
    assert.deepEqual([exitCode, all], [0, '']);
  });

  const filled: Expression[] = [...ruleExpressions()];
  await t.test('every variable has values', async () => {
    for (const dashboard of dashboardFiles()) {
      const variables = await variablesOf(dashboard, prometheus);
      for (const { where, expr } of dashboardExpressions(dashboard))
        filled.push({ where, expr: fill(expr, variables) });
    }
  });

  await t.test('every expression has data, but for those that are named', async () => {
    const empty: string[] = [];
    for (const { where, expr } of filled) {
      assert.doesNotMatch(expr, /\$/, where);
      const series = await prometheus.range(expr, startedAt, endedAt);
      if (!hasData(series, where.includes('annotation') ? isEvent : Number.isFinite)) empty.push(where);
    }
    assert.deepEqual(
      empty.filter((where) => WITHOUT_DATA[where] === undefined),
      [],
    );
  });

  await t.test('what every expression looks at has data', async () => {
    const selectors = new Set(
      filled.flatMap(({ expr }) => parsePromql(expr).selectors.map(({ text }) => text)),
    );
    for (const text of selectors) assert.ok(hasData(await prometheus.range(text, startedAt, endedAt)), text);
  });

  await t.test('what was spent is what it cost an hour, over the time', async () => {
    const last = async (expr: string): Promise<number> => {
      const [series] = await prometheus.range(expr, endedAt, endedAt);
      return Number(series?.values.at(-1)?.[1]);
    };
    const spent = await last('hotzone_instance_cost_total{driver="process"}');
    const expected = await last('sum_over_time(hotzone_budget_used_hourly_cost[10m:1s]) / 3600');
    assert.ok(expected > 0);
    assert.ok(Math.abs(spent / expected - 1) < 0.2, `${spent} is not ${expected}`);
  });

  await t.test('Prometheus has evaluated every rule', async () => {
    const evaluated = await prometheus.rules();
    assert.equal(evaluated.length, ruleExpressions().length);
    for (const { name, health, lastError } of evaluated) assert.equal(health, 'ok', `${name}: ${lastError}`);
  });
});
