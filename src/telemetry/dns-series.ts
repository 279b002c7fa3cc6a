import type { DnsCounters } from '../dns/counters.js';
import * as sets from './label-sets.js';
import type { DeclaredMetrics } from './metrics.js';

/** The DNS process's counts are cumulative already, so they replace what was there. Each known series is there from the start. */
export function setDns(declared: DeclaredMetrics, dns: DnsCounters): void {
  declared.dnsRequests.reset();
  for (const proto of sets.PROTOCOLS)
    for (const family of sets.FAMILIES)
      for (const qtype of sets.QUERY_TYPES) declared.dnsRequests.inc({ proto, family, qtype }, 0);
  for (const { proto, family, qtype, count } of dns.requests)
    declared.dnsRequests.inc({ proto, family, qtype: sets.oneOf(sets.QUERY_TYPES, qtype) }, count);

  declared.dnsResponses.reset();
  for (const source of sets.ANSWER_SOURCES) declared.dnsResponses.inc({ rcode: 'NOERROR', source }, 0);
  for (const rcode of sets.RESPONSE_CODES) declared.dnsResponses.inc({ rcode, source: 'none' }, 0);
  for (const { rcode, source, count } of dns.responses)
    declared.dnsResponses.inc({ rcode: sets.oneOf(sets.RESPONSE_CODES, rcode), source }, count);

  declared.dnsIgnored.reset();
  for (const reason of sets.DROP_REASONS) declared.dnsIgnored.inc({ reason }, 0);
  for (const { reason, count } of dns.dropped) declared.dnsIgnored.inc({ reason }, count);

  declared.dnsTruncated.reset();
  declared.dnsTruncated.inc(dns.truncated);
  declared.dnsTcpConnections.set(dns.tcpConnections);

  declared.dnsProcessCpu.reset();
  declared.dnsProcessCpu.inc(dns.process.cpu);
  declared.dnsProcessBusy.reset();
  declared.dnsProcessBusy.inc(dns.process.busy);
  declared.dnsProcessMemory.set(dns.process.residentBytes);
}
