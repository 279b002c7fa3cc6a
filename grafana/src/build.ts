import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { buildPanel } from './panel.js';
import { DATASOURCE } from './source.js';
import type { AnnotationSpec, DashboardSpec, VariableSpec } from './spec.js';

const TAG = 'hotzone';

/** Grafana's model of the dashboard. Grafana numbers dashboards itself; `uid` is what stays the same everywhere. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    // What is provisioned comes back at the next start, so changes by hand would be lost.
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .withVariable(datasourceVariable())
    .withVariable(queryVariable(CHOICE_OF_JOB, 'hotzone_build_info'))
    .withVariable(queryVariable(CHOICE_OF_INSTANCE, 'hotzone_build_info{job=~"$job"}'));
  for (const variable of spec.variables)
    builder.withVariable(queryVariable(variable, `${variable.metric}{job=~"$job", instance=~"$instance"}`));
  for (const annotation of spec.annotations) builder.annotation(annotationQuery(annotation));
  builder.link(
    new DashboardLinkBuilder('hotzone')
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
  );
  let id = 0;
  const nextId = (): number => {
    id += 1;
    return id;
  };
  for (const row of spec.rows) {
    builder.withRow(new RowBuilder(row.title).id(nextId()));
    for (const panel of row.panels) builder.withPanel(buildPanel(panel, nextId()));
  }
  return builder.build();
}

const CHOICE_OF_JOB: VariableSpec = {
  name: 'job',
  label: 'Job',
  description: 'As the scrape configuration calls it.',
  metric: 'hotzone_build_info',
  multi: true,
};

const CHOICE_OF_INSTANCE: VariableSpec = {
  name: 'instance',
  label: 'Instance',
  description: 'A daemon, by its admin address.',
  metric: 'hotzone_build_info',
  multi: true,
};

function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes hotzone.')
    .type('prometheus');
}

function queryVariable(spec: VariableSpec, selector: string): QueryVariableBuilder {
  const query = `label_values(${selector}, ${spec.name})`;
  const builder = new QueryVariableBuilder(spec.name)
    .label(spec.label)
    .description(spec.description)
    .datasource(DATASOURCE)
    .query({ query, refId: spec.name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  if (!spec.multi) return builder;
  return builder
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

function annotationQuery(spec: AnnotationSpec): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(spec.name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(spec.color)
    .expr(spec.expr)
    .titleFormat(spec.title)
    .textFormat(spec.text);
}
