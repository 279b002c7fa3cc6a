/** A dashboard as its author thinks of it; `build.ts` makes Grafana's model of it. */
export interface DashboardSpec {
  /** Also the file's name; links between dashboards go by it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Beside data source, job and instance, which every dashboard has. */
  readonly variables: readonly VariableSpec[];
  readonly annotations: readonly AnnotationSpec[];
  readonly rows: readonly RowSpec[];
}

export interface VariableSpec {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Of which metric the label of the variable's name takes its values. */
  readonly metric: string;
  /** Several at once, or all. */
  readonly multi: boolean;
}

/** Something that happened, as lines through every graph, wherever the expression is above 0. */
export interface AnnotationSpec {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  readonly title: string;
  readonly text: string;
}

export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

export interface PanelSpec {
  /** `name` shows the legend, not the value. */
  readonly kind: 'lines' | 'stack' | 'steps' | 'bars' | 'stat' | 'name' | 'heatmap' | 'states';
  readonly title: string;
  /** What it shows and how it is to be read. */
  readonly description: string;
  /** One of Grafana's (grafana-data, valueFormats/categories.ts). */
  readonly unit: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly targets: readonly TargetSpec[];
  /** From which value on it is not fine any more. */
  readonly warnFrom?: number;
  /** Below this value it is not fine any more. */
  readonly warnBelow?: number;
  readonly max?: number;
}

export interface TargetSpec {
  readonly expr: string;
  /** With labels as `{{label}}`. */
  readonly legend: string;
}
