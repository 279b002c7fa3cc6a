import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StatesBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from './source.js';
import type { PanelSpec } from './spec.js';

const STAT_HEIGHT = 4;
const GRAPH_HEIGHT = 8;
const FILL_OPACITY = 60;
const NOT_FINE = 'red';
const FINE = 'green';

export function buildPanel(spec: PanelSpec, id: number): Builder<Panel> {
  switch (spec.kind) {
    case 'lines':
      return graph(spec, id);
    case 'steps':
      return graph(spec, id).lineInterpolation(LineInterpolation.StepAfter);
    case 'stack':
      return graph(spec, id)
        .fillOpacity(FILL_OPACITY)
        .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
    case 'bars':
      return graph(spec, id)
        .drawStyle(GraphDrawStyle.Bars)
        .fillOpacity(FILL_OPACITY)
        .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
    case 'stat':
    case 'name':
      return stat(spec, id);
    case 'heatmap':
      return heatmap(spec, id);
    case 'states':
      return states(spec, id);
    default:
      return spec.kind satisfies never;
  }
}

function graph(spec: PanelSpec, id: number): GraphBuilder {
  const builder = withQueries(new GraphBuilder(), spec, id)
    .height(GRAPH_HEIGHT)
    .min(0)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.warnFrom !== undefined)
    builder
      .thresholds(thresholds(spec))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return builder;
}

function stat(spec: PanelSpec, id: number): StatBuilder {
  return withQueries(new StatBuilder(), spec, id)
    .height(STAT_HEIGHT)
    .graphMode(spec.kind === 'name' ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .textMode(textMode(spec))
    .thresholds(thresholds(spec));
}

function textMode({ kind, targets }: PanelSpec): BigValueTextMode {
  if (kind === 'name') return BigValueTextMode.Name;
  return targets.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value;
}

function heatmap(spec: PanelSpec, id: number): HeatmapBuilder {
  return withQueries(new HeatmapBuilder(), spec, id)
    .height(GRAPH_HEIGHT)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .exponent(0.5)
        .fill('dark-orange')
        .steps(64)
        .reverse(false),
    );
}

function states(spec: PanelSpec, id: number): StatesBuilder {
  return withQueries(new StatesBuilder(), spec, id)
    .height(GRAPH_HEIGHT)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(spec));
}

function thresholds({ warnFrom, warnBelow }: PanelSpec): ThresholdsConfigBuilder {
  const steps =
    warnFrom !== undefined
      ? [
          { value: null, color: FINE },
          { value: warnFrom, color: NOT_FINE },
        ]
      : warnBelow !== undefined
        ? [
            { value: null, color: NOT_FINE },
            { value: warnBelow, color: FINE },
          ]
        : [{ value: null, color: FINE }];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

/** What every kind of panel has. */
interface Titled {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  span(columns: number): this;
  datasource(source: typeof DATASOURCE): this;
  withTarget(target: DataqueryBuilder): this;
}

function withQueries<B extends Titled>(builder: B, spec: PanelSpec, id: number): B {
  builder
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .span(spec.width)
    .datasource(DATASOURCE);
  for (const [index, target] of spec.targets.entries())
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .datasource(DATASOURCE)
        .expr(target.expr)
        .legendFormat(target.legend)
        .format(spec.kind === 'heatmap' ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries)
        .range(),
    );
  return builder;
}
