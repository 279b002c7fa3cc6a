import { REASONS } from '../../src/scale/reason.js';
import { REASON_MEANINGS } from '../../src/scale/reason-meaning.js';
import * as sets from '../../src/telemetry/label-sets.js';
import { ownMetrics } from './metric-table.js';

/** Labels with a closed set of values, and where they are. */
const LABELS: readonly (readonly [label: string, where: string, values: readonly string[]])[] = [
  ['proto', 'dns_requests_total', sets.PROTOCOLS],
  ['family', 'dns_requests_total', sets.FAMILIES],
  ['qtype', 'dns_requests_total', sets.QUERY_TYPES],
  ['rcode', 'dns_responses_total', sets.RESPONSE_CODES],
  ['source', 'dns_responses_total', sets.ANSWER_SOURCES],
  ['reason', 'dns_ignored_requests_total', sets.DROP_REASONS],
  ['server', 'page_requests_total', sets.SERVERS],
  ['direction', 'scaling_decisions_total', sets.DIRECTIONS],
  ['state', 'instances', sets.REPLICA_STATES],
  ['result', 'instance_launches_total', sets.LAUNCH_RESULTS],
  ['reason', 'instance_terminations_total', sets.TERMINATION_REASONS],
  ['operation', 'driver_requests_total', sets.DRIVER_OPERATIONS],
  ['result', 'driver_requests_total', sets.DRIVER_RESULTS],
];

/** `reference.md`: what each metric and each reason means, as the code has it. */
export function reference(): string {
  return [
    '# What the metrics and the reasons mean',
    '',
    'Written by `npm run grafana` from the code: a change here is a change there.',
    '',
    '## Metrics',
    '',
    'At `/metrics` of the admin port. Beside these are `process_*` and `nodejs_*`, which prom-client has of every process',
    'of Node.js; here they are of the control process.',
    '',
    ...table(
      ['metric', 'type', 'labels', 'meaning'],
      ownMetrics().map(({ name, type, labels, help }) => [code(name), type, codes(labels), help]),
    ),
    '',
    'A page has series of its own while it is one of the fifty that matter most; the rest is summed as `page="_other"`.',
    'At most fifty policies have series; samples of further ones are counted by `hotzone_metrics_series_dropped_total`.',
    '',
    '## Values of labels',
    '',
    ...table(
      ['label', 'of', 'values'],
      LABELS.map(([label, where, values]) => [code(label), code(`hotzone_${where}`), codes(values)]),
    ),
    '',
    '## Reasons',
    '',
    'Of decisions: in the log, in `hotzone explain`, at the status page, and as the label `reason` of',
    '`hotzone_scaling_decisions_total` and `hotzone_policy_reason_pages`. The settings are keys of policies and options of',
    '`hotzone serve`.',
    '',
    ...table(
      ['reason', 'meaning', 'settings'],
      REASONS.map((reason) => {
        const { meaning, settings } = REASON_MEANINGS[reason];
        return [code(reason), meaning, codes(settings)];
      }),
    ),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function code(text: string): string {
  return `\`${text}\``;
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}
