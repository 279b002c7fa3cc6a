import type { Clock } from '../../src/clock.js';
import type { DnsCounters } from '../../src/dns/counters.js';

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
};
