import { formatDuration } from '../policy/duration.js';
import type { Policy } from '../policy/policy.js';
import type { Replica } from './replica.js';

/** Replicas that leave because their time is over, with what is told of it. */
export interface Retirement {
  readonly replica: Replica;
  readonly reason: string;
}

/** Renewals begin so much of a lifetime earlier, by chance but always the same for a replica: not all at the same time. */
const SPREAD = 0.1;
/** A successor has time for a second try, but that takes no more than so much of a lifetime. */
const LEAD_BOOTS = 2;
const LEAD_MAX = 0.25;

/**
 * Who leaves: the replica whose successor serves, and the one that has reached its lifetime whether or not there is a
 * successor, since that is a limit. `replicas`: those of a page that are capacity.
 */
export function retirements(
  policy: Policy,
  replicas: readonly Replica[],
  now: number,
): readonly Retirement[] {
  const { maxLifetime } = policy.instance;
  const succeeded = new Set(
    replicas.flatMap(({ state, replaces }) => (state === 'serving' ? [replaces] : [])),
  );
  return replicas.flatMap((replica) => {
    if (succeeded.has(replica.id)) return [{ replica, reason: 'another one serves in its place' }];
    if (maxLifetime === null || now - replica.createdAt < maxLifetime) return [];
    return [{ replica, reason: `it has reached its instance.maxLifetime of ${formatDuration(maxLifetime)}` }];
  });
}

/** The replica that should get a successor now: the oldest that is due, one at a time for a page; null when none is. */
export function dueForRenewal(policy: Policy, replicas: readonly Replica[], now: number): Replica | null {
  const { maxLifetime, bootTimeout } = policy.instance;
  if (maxLifetime === null || replicas.some(({ replaces }) => isThere(replicas, replaces))) return null;
  const lead = Math.min(LEAD_BOOTS * bootTimeout, LEAD_MAX * maxLifetime);
  const isDue = ({ id, state, createdAt }: Replica): boolean =>
    state === 'serving' && now - createdAt >= maxLifetime * (1 - SPREAD * share(id)) - lead;
  return replicas.filter(isDue).toSorted((a, b) => a.createdAt - b.createdAt)[0] ?? null;
}

function isThere(replicas: readonly Replica[], id: string | null): boolean {
  return id !== null && replicas.some((replica) => replica.id === id);
}

/** FNV-1a (datatracker.ietf.org/doc/draft-eastlake-fnv) of the text, as a number from 0 to below 1. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}
