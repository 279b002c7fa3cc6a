import type { PageLoad, Rate } from '../load/load.js';
import type { Metric } from '../policy/policy.js';

/** The one number that a policy scales on, over both windows. */
export interface Measured {
  readonly stable: number;
  readonly panic: number;
  /** All that the metric needs was measured; otherwise it may only scale up (no data is not zero). */
  readonly complete: boolean;
  readonly detail: string;
}

/**
 * Picks the load that the policy's metric names. `demand` is the higher of the two signals: it goes up on either, and
 * comes down only when both agree. Null when nothing of it was measured.
 */
export function measure(metric: Metric, load: PageLoad): Measured | null {
  switch (metric.type) {
    case 'demand':
      return higher(load.demand, load.requestRate);
    case 'dnsQueryRate':
      return single(load.queryRate, 'queries/s');
    case 'httpRequestRate':
      return single(load.requestRate, 'requests/s');
    case 'uniqueClients':
      return load.uniqueClients === null
        ? null
        : {
            stable: load.uniqueClients,
            panic: load.uniqueClients,
            complete: true,
            detail: `${load.uniqueClients} clients`,
          };
    default:
      return metric.type satisfies never;
  }
}

/**
 * Whether the last moments ask for so much more than there is that the stable window must not be waited for. Without
 * any replica the load of one is enough: until then the origin bears all of it.
 */
export function isPanic(metric: Metric, measured: Measured, current: number): boolean {
  if (current === 0 && measured.panic >= Math.max(metric.target, metric.activation)) return true;
  return Math.ceil(measured.panic / metric.target) / Math.max(1, current) >= metric.panic.threshold;
}

function single(rate: Rate | null, unit: string): Measured | null {
  if (rate === null) return null;
  return { stable: rate.stable, panic: rate.panic, complete: true, detail: describe(rate, unit) };
}

function higher(demand: Rate | null, requests: Rate | null): Measured | null {
  if (demand === null && requests === null) return null;
  const parts = [
    demand === null ? 'no DNS signal' : describe(demand, 'visits/s by DNS'),
    requests === null ? 'no HTTP signal' : describe(requests, 'requests/s'),
  ];
  return {
    stable: Math.max(demand?.stable ?? 0, requests?.stable ?? 0),
    panic: Math.max(demand?.panic ?? 0, requests?.panic ?? 0),
    complete: demand !== null && requests !== null,
    detail: parts.join(', '),
  };
}

function describe(rate: Rate, unit: string): string {
  return `${rate.lowerBound ? '>= ' : ''}${round(rate.stable)} ${unit} (last moments ${round(rate.panic)})`;
}

export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
