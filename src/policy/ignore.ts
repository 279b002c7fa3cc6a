import { contains, parseCidr } from './cidr.js';
import type { Policy } from './policy.js';

/**
 * The sources that do not count for the policy's pages, such as crawlers: `metric.ignoreClients`.
 *
 * A source is an address or a client subnet in text form (`SourceCount.source`). A subnet is ignored only if all of it
 * is, since other people's visits come from the rest; what is not an address is never ignored.
 */
export function ignores(policy: Policy): (source: string) => boolean {
  const blocks = policy.metric.ignoreClients.map(parseCidr).filter((block) => block !== null);
  if (blocks.length === 0) return () => false;
  return (source) => {
    const cidr = parseCidr(source);
    return cidr !== null && blocks.some((block) => contains(block, cidr));
  };
}
