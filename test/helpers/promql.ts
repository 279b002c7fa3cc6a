import { parser } from '@prometheus-io/lezer-promql';

/** A choice of series in an expression of PromQL. */
export interface Selector {
  /** As it is written, without a range. */
  readonly text: string;
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
  /** As it is written, e.g. `5m`; null for an instant. */
  readonly range: string | null;
  /** The function that it is an argument of, e.g. `rate`. */
  readonly within: string | null;
}

export interface ParsedExpression {
  readonly selectors: readonly Selector[];
  /** Labels that are grouped or matched by. */
  readonly grouping: readonly string[];
}

/** Grafana's own variables stand where PromQL has a duration. */
const GRAFANA_DURATION = /\$__(?:rate_)?interval/g;
/** No time that anybody would write. */
const STAND_IN = '17m17s';

/** Throws where the expression is not PromQL (the grammar is that of Prometheus's own editor). */
export function parsePromql(expression: string): ParsedExpression {
  const text = expression.replaceAll(GRAFANA_DURATION, STAND_IN);
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${text}`);
      if (type.name === 'GroupingLabels')
        for (const label of node.getChildren('LabelName')) grouping.push(text.slice(label.from, label.to));
      if (type.name !== 'VectorSelector') return;
      const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
      const metric = node.getChild('Identifier');
      const outer = (matrix ?? node).parent;
      const call = outer?.name === 'FunctionCallBody' ? outer.parent : null;
      const name = call?.name === 'FunctionCall' ? call.getChild('FunctionIdentifier') : null;
      selectors.push({
        text: text.slice(from, to),
        metric: metric === null ? '' : text.slice(metric.from, metric.to),
        matchers: matchersOf(text.slice(from, to)),
        range:
          matrix === null ? null : text.slice(to + 1, matrix.to - 1).replace(STAND_IN, '$__rate_interval'),
        within: name === null ? null : text.slice(name.from, name.to),
      });
    },
  });
  return { selectors, grouping };
}

function matchersOf(selector: string): Selector['matchers'] {
  return [...selector.matchAll(/([a-zA-Z_]\w*)(?:=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g)].map((match) => ({
    label: match[1] ?? '',
    value: match[2] ?? '',
  }));
}
