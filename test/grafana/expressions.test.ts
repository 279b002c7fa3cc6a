import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownMetrics, runtimeMetrics } from '../../grafana/src/metric-table.js';
import { REASONS } from '../../src/scale/reason.js';
import {
  dashboardExpressions,
  dashboardFiles,
  type Expression,
  ruleExpressions,
  rules,
} from '../helpers/grafana-files.js';
import { parsePromql } from '../helpers/promql.js';

const TARGET_LABELS = ['job', 'instance'];
const SUFFIXES = ['_bucket', '_count', '_sum'];

/** What a selector may name: each series of each metric, and what rules record. */
interface Known {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
}

const known = new Map<string, Known>();
for (const { name, type, labels } of [...ownMetrics(), ...runtimeMetrics()]) {
  const isParted = type === 'histogram' || type === 'summary';
  for (const suffix of isParted ? SUFFIXES : [''])
    known.set(name + suffix, {
      // The parts of a histogram only ever rise.
      type: isParted ? 'counter' : type,
      labels: new Set([...TARGET_LABELS, ...labels, ...(suffix === '_bucket' ? ['le'] : [])]),
    });
}
const recorded = new Set(rules().flatMap(({ record }) => record ?? []));

const variables: readonly Expression[] = dashboardFiles().flatMap(({ uid, templating }) =>
  templating.list.flatMap(({ name, query }) => {
    const expr = typeof query === 'string' ? undefined : /^label_values\((.+), \w+\)$/.exec(query.query)?.[1];
    return expr === undefined ? [] : [{ where: `${uid}: variable ${name}`, expr }];
  }),
);
const expressions: readonly Expression[] = [
  ...dashboardFiles().flatMap(dashboardExpressions),
  ...ruleExpressions(),
  ...variables,
];

function inSelectors(
  look: (selector: ReturnType<typeof parsePromql>['selectors'][number], where: string) => void,
): void {
  for (const { where, expr } of expressions)
    for (const selector of parsePromql(expr).selectors) look(selector, `${where}: ${selector.metric}`);
}

test('the expressions are found, and the parser refuses what is none', () => {
  assert.ok(expressions.length > 90, String(expressions.length));
  assert.ok(variables.length >= 11, String(variables.length));
  assert.throws(() => parsePromql('rate(up[5m]'));
  assert.throws(() => parsePromql('sum by (x) up'));
});

test('every metric that is named exists', () => {
  inSelectors(({ metric }, where) => assert.ok(known.has(metric) || recorded.has(metric), where));
});

test('every label that is matched or grouped by is one of the metrics there', () => {
  inSelectors(({ metric, matchers }, where) => {
    const labels = known.get(metric)?.labels;
    if (labels !== undefined)
      for (const { label } of matchers) assert.ok(labels.has(label), `${where}: ${label}`);
  });
  for (const { where, expr } of expressions) {
    const { selectors, grouping } = parsePromql(expr);
    const labels = new Set(selectors.flatMap(({ metric }) => [...(known.get(metric)?.labels ?? grouping)]));
    for (const label of grouping) assert.ok(labels.has(label), `${where}: ${label}`);
  }
});

test('counters are looked at by how they rise, and gauges as they are', () => {
  const rising = new Set(['rate', 'increase']);
  inSelectors(({ metric, within, range }, where) => {
    const type = known.get(metric)?.type;
    if (type === 'counter') assert.ok(rising.has(within ?? '') && range !== null, where);
    else if (type === 'gauge') assert.ok(!rising.has(within ?? ''), where);
  });
});

test('every reason that is named is one', () => {
  const reasons: ReadonlySet<string> = new Set(REASONS);
  inSelectors(({ metric, matchers }, where) => {
    if (!/policy_reason_pages|scaling_decisions/.test(metric)) return;
    for (const { label, value } of matchers)
      if (label === 'reason')
        for (const name of value.split('|')) assert.ok(reasons.has(name), `${where}: ${name}`);
  });
});

test('every metric of hotzone is in a dashboard or a rule', () => {
  const used = new Set<string>();
  inSelectors(({ metric }) => void used.add(metric));
  const parts = (name: string): readonly string[] => ['', ...SUFFIXES].map((suffix) => name + suffix);
  assert.deepEqual(
    ownMetrics()
      .map(({ name }) => name)
      .filter((name) => !parts(name).some((part) => used.has(part))),
    [],
  );
});
