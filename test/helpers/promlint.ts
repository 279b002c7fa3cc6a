/** One metric of a page in Prometheus's text format. */
export interface ExposedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly { readonly name: string; readonly labels: string; readonly value: number }[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;

/** Reads the text format strictly enough to find what a scraper would stumble over. */
export function parseMetrics(text: string): readonly ExposedMetric[] {
  const metrics: { name: string; help: string; type: string; samples: ExposedMetric['samples'][number][] }[] =
    [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP' && name !== undefined)
      metrics.push({ name, help: rest ?? '', type: 'untyped', samples: [] });
    else if (kind === 'TYPE') {
      const metric = metrics.at(-1);
      if (metric?.name !== name) throw new Error(`TYPE without HELP: ${line}`);
      if (metric !== undefined) metric.type = rest ?? '';
    } else {
      const sample = SAMPLE.exec(line);
      if (sample === null) throw new Error(`not a sample: ${line}`);
      const metric = metrics.at(-1);
      if (metric === undefined || !(sample[1] ?? '').startsWith(metric.name))
        throw new Error(`sample of no metric: ${line}`);
      metric.samples.push({ name: sample[1] ?? '', labels: sample[2] ?? '', value: Number(sample[3]) });
    }
  }
  return metrics;
}

const ABBREVIATED_UNITS = ['s', 'ms', 'us', 'ns', 'sec', 'b', 'kb', 'mb', 'gb', 'tb', 'pb', 'm', 'h', 'd'];
const OTHER_UNITS = [
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'minutes',
  'hours',
  'days',
  'kilobytes',
  'megabytes',
  'gigabytes',
  'bits',
  'percent',
];

/** The rules of `promtool check metrics` on names: prometheus.io/docs/practices/naming. One sentence a fault. */
export function lintMetrics(metrics: readonly ExposedMetric[]): readonly string[] {
  return metrics.flatMap((metric) => {
    const words = metric.name.split('_');
    const faults: string[] = [];
    if (metric.help === '') faults.push('has no HELP');
    if (metric.type === 'counter' && !metric.name.endsWith('_total'))
      faults.push('is a counter without _total');
    if (metric.type !== 'counter' && metric.name.endsWith('_total'))
      faults.push('has _total, but is no counter');
    if (metric.type !== 'histogram' && /_(bucket|count|sum)$/.test(metric.name))
      faults.push('ends like a part of a histogram');
    if (/:/.test(metric.name)) faults.push('has a colon, which is for recording rules');
    if (/[a-z][A-Z]/.test(metric.name)) faults.push('is in camel case');
    for (const word of words) {
      if (['counter', 'gauge', 'histogram', 'summary'].includes(word))
        faults.push(`has its type in its name`);
      if (ABBREVIATED_UNITS.includes(word)) faults.push(`abbreviates a unit: ${word}`);
      if (OTHER_UNITS.includes(word)) faults.push(`is not in a base unit: ${word}`);
    }
    return faults.map((fault) => `${metric.name} ${fault}`);
  });
}
