import { collectDefaultMetrics, Registry } from 'prom-client';
import { DNS_DURATION, declareMetrics } from '../../src/telemetry/metrics.js';

/** A metric as it is declared, whether or not anything was counted. */
export interface DescribedMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labels: readonly string[];
  readonly help: string;
}

/** What the registry of prom-client 15 holds; its types leave the labels out. */
interface Registered {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly constructor: { readonly name: string };
}

/** Every metric of hotzone's own, by name. */
export function ownMetrics(): readonly DescribedMetric[] {
  const registry = new Registry();
  declareMetrics(registry);
  const dns: DescribedMetric = { ...DNS_DURATION, type: 'histogram', labels: [] };
  return [...describe(registry), dns].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Those of the process and of Node.js, which prom-client collects. */
export function runtimeMetrics(): readonly DescribedMetric[] {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return describe(registry);
}

function describe(registry: Registry): readonly DescribedMetric[] {
  return (registry.getMetricsAsArray() as unknown as readonly Registered[]).map((metric) => ({
    name: metric.name,
    type: metric.constructor.name.toLowerCase() as DescribedMetric['type'],
    labels: metric.labelNames,
    help: metric.help,
  }));
}
