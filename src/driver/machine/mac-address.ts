import { createHash } from 'node:crypto';

/** Locally administered (IEEE 802, the second bit of the first octet), and the same for an address each time. */
export function macOf(address: string): string {
  const digest = createHash('sha256').update(address).digest('hex');
  return ['02', ...(digest.slice(0, 10).match(/../g) ?? [])].join(':');
}
