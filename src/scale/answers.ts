import type { PageAnswer } from '../dns/publication.js';
import type { DnsSettings } from '../policy/policy.js';
import { isPending, type Replica } from './replica.js';

export interface AnswerInput {
  readonly host: string;
  /** Null: no policy matches, the origin answers with `DEFAULT_DNS`. */
  readonly dns: DnsSettings | null;
  /** The page's replicas; only the serving ones can get into the answer. */
  readonly replicas: readonly Replica[];
  readonly desired: number;
  readonly originAddresses: readonly string[];
}

export const DEFAULT_DNS = { ttl: 30, maxAddresses: 8 } as const;

/**
 * What is answered for a page: its serving replicas, the origin beside them as the policy says, and the origin alone
 * in a family (IPv4, IPv6) in which nothing else serves: an answer is never empty while the origin has an address.
 */
export function pageAnswer(input: AnswerInput): PageAnswer {
  const { host, dns, originAddresses } = input;
  if (dns === null) {
    return { host, ...DEFAULT_DNS, addresses: equalWeights(originAddresses) };
  }
  const serving = input.replicas
    .filter((replica) => replica.state === 'serving')
    .map((replica) => replica.address);
  const addresses = [isIPv4, isIPv6].flatMap((family) => {
    const origin = originAddresses.filter(family);
    const replicas = serving.filter(family).sort();
    if (replicas.length === 0) return origin;
    return includesOrigin(dns, serving.length, input.desired) ? [...replicas, ...origin] : replicas;
  });
  return {
    host,
    ttl: answerTtl(dns, input.replicas),
    maxAddresses: dns.maxAddresses,
    addresses: equalWeights(addresses),
  };
}

/**
 * Seconds. As in gdnsd, no longer than the time in which the answer may next change: short while replicas come or go,
 * so that the change reaches caches soon, and the policy's TTL otherwise.
 */
function answerTtl(dns: DnsSettings, replicas: readonly Replica[]): number {
  const isChanging = replicas.some((replica) => isPending(replica) || replica.state === 'draining');
  return isChanging ? dns.minTtl : dns.ttl;
}

function includesOrigin(dns: DnsSettings, serving: number, desired: number): boolean {
  switch (dns.includeOrigin) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'whenBelowTarget':
      return serving < desired;
    default:
      return dns.includeOrigin satisfies never;
  }
}

function equalWeights(addresses: readonly string[]): PageAnswer['addresses'] {
  return addresses.map((address) => ({ address, weight: 1 }));
}

export function isIPv6(address: string): boolean {
  return address.includes(':');
}

export function isIPv4(address: string): boolean {
  return !isIPv6(address);
}

/** Whether two answers would look the same to a client, whatever order they list their addresses in. */
export function sameAnswer(a: PageAnswer, b: PageAnswer): boolean {
  if (a.ttl !== b.ttl || a.maxAddresses !== b.maxAddresses || a.addresses.length !== b.addresses.length)
    return false;
  const key = (answer: PageAnswer): string =>
    answer.addresses
      .map(({ address, weight }) => `${address} ${weight}`)
      .sort()
      .join(',');
  return key(a) === key(b);
}
