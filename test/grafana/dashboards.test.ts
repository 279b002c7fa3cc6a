import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedFiles } from '../../grafana/src/files.js';
import { dashboardExpressions, dashboardFiles, GRAFANA_DIR, panelsOf } from '../helpers/grafana-files.js';
import { parsePromql } from '../helpers/promql.js';

const dashboards = dashboardFiles();

test('what is generated is what is in the folder: "npm run grafana" writes it', () => {
  const generated = generatedFiles();
  for (const [path, text] of generated)
    assert.ok(readFileSync(join(GRAFANA_DIR, path), 'utf8') === text, `${path} is old: npm run grafana`);
  const written = readdirSync(join(GRAFANA_DIR, 'dashboards')).map((file) => `dashboards/${file}`);
  assert.deepEqual(
    written.filter((path) => !generated.has(path)),
    [],
  );
});

test('dashboards are known by their uid alone, and nobody can edit what would be lost', () => {
  assert.deepEqual(dashboards.map(({ uid }) => uid).sort(), [
    'hotzone-daemon',
    'hotzone-drivers',
    'hotzone-overview',
    'hotzone-page',
  ]);
  for (const { id, editable, title, description } of dashboards) {
    assert.equal(id, undefined, title);
    assert.equal(editable, false, title);
    assert.notEqual(description, '', title);
  }
});

test('data source, job and instance are chosen above every dashboard', () => {
  for (const { templating, title } of dashboards) {
    const variables = new Map(templating.list.map((variable) => [variable.name, variable]));
    assert.equal(variables.get('datasource')?.type, 'datasource', title);
    for (const name of ['job', 'instance'])
      assert.equal(variables.get(name)?.multi, true, `${title}: ${name}`);
  }
});

test('every panel says what it shows and in which unit, and asks the chosen data source', () => {
  for (const dashboard of dashboards)
    for (const panel of panelsOf(dashboard)) {
      const where = `${dashboard.uid}: ${panel.title}`;
      assert.match(panel.title, /\S/, where);
      assert.match(panel.description ?? '', /^[A-Z1-9].+\.$/, where);
      assert.match(panel.fieldConfig?.defaults.unit ?? '', /^\w+$/, where);
      assert.ok((panel.targets?.length ?? 0) > 0, where);
      for (const { datasource, legendFormat } of panel.targets ?? []) {
        assert.equal(datasource.uid, '$datasource', where);
        assert.notEqual(legendFormat, '', where);
      }
      const refs = (panel.targets ?? []).map(({ refId }) => refId);
      assert.equal(new Set(refs).size, refs.length, where);
    }
});

test('panels have numbers of their own, fill their rows, and none lies on another', () => {
  for (const { panels, uid } of dashboards) {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, uid);
    const taken = new Map<string, string>();
    for (const { gridPos, title } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.equal(taken.get(`${x} ${y}`), undefined, `${uid}: ${title}`);
          taken.set(`${x} ${y}`, title);
        }
    const height = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    assert.equal(taken.size, 24 * height, `${uid} has gaps`);
  }
});

test('every selector goes by the chosen job and instance, and every range by the interval of Grafana', () => {
  for (const dashboard of dashboards)
    for (const { where, expr } of dashboardExpressions(dashboard))
      for (const { metric, matchers, range } of parsePromql(expr).selectors) {
        for (const name of ['job', 'instance'])
          assert.ok(
            matchers.some(({ label, value }) => label === name && value === `$${name}`),
            `${where}: ${metric} without ${name}`,
          );
        assert.ok(range === null || range === '$__rate_interval', `${where}: [${range}]`);
      }
});

test('every variable that an expression names is one of its dashboard', () => {
  for (const dashboard of dashboards) {
    const known = new Set(dashboard.templating.list.map(({ name }) => `$${name}`));
    for (const { where, expr } of dashboardExpressions(dashboard))
      for (const [name] of expr.matchAll(/\$\w+/g))
        assert.ok(known.has(name) || name === '$__rate_interval', `${where}: ${name}`);
  }
});
