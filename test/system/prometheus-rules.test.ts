import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { parse } from 'yaml';
import { PROMETHEUS_DIR, RULE_TESTS, rules } from '../helpers/grafana-files.js';
import { findProgram, skipWithout } from '../helpers/program.js';

const skip = skipWithout('promtool', 'prometheus');

async function expectSuccess(...args: readonly string[]): Promise<void> {
  const promtool = findProgram('promtool') ?? 'promtool';
  const { exitCode, all } = await execa(promtool, args, { all: true, reject: false });
  assert.equal(exitCode, 0, all);
  assert.match(all, /SUCCESS/);
}

test('promtool finds nothing wrong with the rules and the scrape configuration', { skip }, async () => {
  for (const file of ['recording.rules.yaml', 'alerts.rules.yaml'])
    await expectSuccess('check', 'rules', '--lint=all', '--lint-fatal', join(PROMETHEUS_DIR, file));
  await expectSuccess(
    'check',
    'config',
    '--lint=all',
    '--lint-fatal',
    join(PROMETHEUS_DIR, 'prometheus.yaml'),
  );
});

test('alerts fire when they are to, say what to do, and do not fire before', { skip }, async () => {
  await expectSuccess('test', 'rules', RULE_TESTS);
});

interface RuleTest {
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly { readonly exp_labels: { readonly severity: string } }[];
  }[];
  readonly promql_expr_test?: readonly { readonly expr: string }[];
}

test('every rule has its test: an alert one in which it fires and one in which it does not', () => {
  const { tests } = parse(readFileSync(RULE_TESTS, 'utf8')) as { tests: readonly RuleTest[] };
  const alertTests = tests.flatMap((entry) => entry.alert_rule_test ?? []);
  const evaluated = tests.flatMap((entry) => entry.promql_expr_test ?? []).map(({ expr }) => expr);
  for (const { alert, record, labels, annotations } of rules()) {
    if (record !== undefined) {
      const isFedToAlert = record === 'instance_driver:hotzone_instance_launches_failed:ratio_increase10m';
      assert.ok(isFedToAlert || evaluated.some((expr) => expr.includes(record)), record);
      continue;
    }
    assert.ok(/^(?:warning|critical)$/.test(labels?.severity ?? ''), alert);
    for (const annotation of ['summary', 'description', 'action'])
      assert.match(annotations?.[annotation] ?? '', /\S/, `${alert}: ${annotation}`);
    const own = alertTests.filter(({ alertname }) => alertname === alert);
    assert.ok(
      own.some((entry) =>
        entry.exp_alerts.some(({ exp_labels }) => exp_labels.severity === labels?.severity),
      ),
      `${alert} is never seen to fire as ${labels?.severity}`,
    );
    assert.ok(
      own.some((entry) => entry.exp_alerts.length === 0),
      `${alert} is never seen not to fire`,
    );
  }
});
