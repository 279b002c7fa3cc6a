import type { DnsCounters } from '../dns/counters.js';

/** A histogram that was counted elsewhere, in Prometheus's text format (prometheus.io/docs/instrumenting/exposition_formats). */
export function formatHistogram(
  metric: { readonly name: string; readonly help: string },
  value: DnsCounters['duration'],
): string {
  const buckets = value.upperBounds.map(
    (upperBound, index) => `${metric.name}_bucket{le="${upperBound}"} ${value.counts[index] ?? value.count}`,
  );
  return [
    `# HELP ${metric.name} ${metric.help}`,
    `# TYPE ${metric.name} histogram`,
    ...buckets,
    `${metric.name}_bucket{le="+Inf"} ${value.count}`,
    `${metric.name}_sum ${value.sum}`,
    `${metric.name}_count ${value.count}`,
    '',
  ].join('\n');
}
