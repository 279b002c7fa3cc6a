import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const GRAFANA_DIR = fileURLToPath(new URL('../../../grafana/', import.meta.url));
export const PROMETHEUS_DIR = join(GRAFANA_DIR, 'prometheus');
export const RULE_TESTS = fileURLToPath(new URL('../../../test/grafana/rules.yaml', import.meta.url));

/** What the tests look at of Grafana's model. */
export interface DashboardFile {
  readonly id?: number | null;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly editable: boolean;
  readonly panels: readonly PanelFile[];
  readonly templating: { readonly list: readonly VariableFile[] };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

export interface VariableFile {
  readonly name: string;
  readonly type: string;
  readonly multi: boolean;
  readonly query: string | { readonly query: string };
}

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function dashboardFiles(): readonly DashboardFile[] {
  const folder = join(GRAFANA_DIR, 'dashboards');
  return readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as DashboardFile,
  );
}

/** Panels that ask for something; the others are the titles of rows. */
export function panelsOf(dashboard: DashboardFile): readonly PanelFile[] {
  return dashboard.panels.filter(({ type }) => type !== 'row');
}

export function rules(): readonly Rule[] {
  return ['recording.rules.yaml', 'alerts.rules.yaml'].flatMap((file) => {
    const { groups } = parse(readFileSync(join(PROMETHEUS_DIR, file), 'utf8')) as {
      groups: { rules: Rule[] }[];
    };
    return groups.flatMap((group) => group.rules);
  });
}

/** An expression, and where it is. */
export interface Expression {
  readonly where: string;
  readonly expr: string;
}

export function dashboardExpressions(dashboard: DashboardFile): readonly Expression[] {
  return [
    ...panelsOf(dashboard).flatMap((panel) =>
      (panel.targets ?? []).map(({ refId, expr }) => ({
        where: `${dashboard.uid}: ${panel.title}, ${refId}`,
        expr,
      })),
    ),
    ...dashboard.annotations.list.map(({ name, expr }) => ({
      where: `${dashboard.uid}: annotation ${name}`,
      expr,
    })),
  ];
}

export function ruleExpressions(): readonly Expression[] {
  return rules().map(({ record, alert, labels, expr }) => ({
    where: record ?? `${alert} ${labels?.severity}`,
    expr,
  }));
}
