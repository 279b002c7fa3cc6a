import type { Clock } from '../../src/clock.js';
import type { DnsCounters } from '../../src/dns/counters.js';
import type { PageSample } from '../../src/telemetry/page-series.js';
import type { PolicySample } from '../../src/telemetry/policy-series.js';

/** A clock that stands still until it is told otherwise. */
export class SetClock implements Clock {
  #now = 1_000;
  readonly #wallAtZero = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wallAtZero + this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export const SOME_DNS_COUNTERS: DnsCounters = {
  requests: [
    { proto: 'udp', family: 'ipv4', qtype: 'A', count: 7 },
    { proto: 'tcp', family: 'ipv6', qtype: 'AAAA', count: 2 },
    { proto: 'udp', family: 'ipv4', qtype: 'NAPTR', count: 1 },
  ],
  responses: [
    { rcode: 'NOERROR', source: 'replicas', count: 8 },
    { rcode: 'BADCOOKIE', source: 'none', count: 2 },
  ],
  truncated: 3,
  dropped: [{ reason: 'response', count: 4 }],
  duration: { upperBounds: [0.00025, 0.0005], counts: [5, 9], sum: 0.004, count: 10 },
  tcpConnections: 1,
  process: { cpu: 1.5, busy: 1.25, residentBytes: 50_000_000 },
};

/** A sample of a page with so many replicas, all of them serving, and a load that is the same in both windows. */
export function pageSample(page: string, replicas: number, load: number | null): PageSample {
  return {
    page,
    ready: replicas,
    desired: replicas,
    missing: 0,
    max: 4,
    load: load === null ? null : { stable: load, panic: load },
    target: 10,
  };
}

export const SOME_POLICY: PolicySample = {
  policy: 'some',
  metricValue: 12,
  target: 10,
  desired: 2,
  ready: 1,
  max: 4,
  hourlyCost: 0.5,
  maxHourlyCost: 2,
  panic: true,
  dryRun: false,
  pagesByReason: new Map([['Panic', 3]]),
};
