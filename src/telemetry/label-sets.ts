import { type AnswerSource, COUNTED_QUERY_TYPES, type DropReason } from '../dns/counters.js';
import { REASONS, type Reason } from '../scale/reason.js';
import type { ReplicaState } from '../scale/replica.js';

/** The label value of whatever is not in a closed set: a label that somebody outside can choose must not grow. */
export const OTHER = 'other';

export const PROTOCOLS = ['udp', 'tcp'] as const;
export const FAMILIES = ['ipv4', 'ipv6'] as const;
export const QUERY_TYPES = [...COUNTED_QUERY_TYPES, OTHER] as const;
/** RFC 1035 section 4.1.1, RFC 6891 section 9; the codes that this server gives. */
export const RESPONSE_CODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'BADVERS',
  OTHER,
] as const;
export const ANSWER_SOURCES = [
  'replicas',
  'origin',
  'static',
  'none',
] as const satisfies readonly AnswerSource[];
export const DROP_REASONS = [
  'response',
  'short',
  'source',
  'overload',
] as const satisfies readonly DropReason[];

/** States of replicas that exist; `gone` ones are history. */
export const REPLICA_STATES = [
  'planned',
  'booting',
  'probing',
  'serving',
  'draining',
  'stopping',
  'failed',
  'lost',
  'orphan',
] as const satisfies readonly ReplicaState[];

/** How an attempt to have a replica serve ended: the driver's failure classes, and what shows only after the boot. */
export const LAUNCH_RESULTS = [
  'ok',
  'capacity',
  'transient',
  'config',
  'boot_timeout',
  'probe_failed',
  'died',
] as const;
export type LaunchResult = (typeof LAUNCH_RESULTS)[number];

export const TERMINATION_REASONS = [
  'scale_down',
  'stale_content',
  'by_hand',
  'budget',
  'lifetime',
  'page_removed',
  'policy_removed',
  'failed',
  'lost',
  'orphan',
  'shutdown',
  OTHER,
] as const;
export type TerminationReason = (typeof TERMINATION_REASONS)[number];

export const DRIVER_OPERATIONS = ['create', 'list', 'drain', 'destroy'] as const;
export type DriverOperation = (typeof DRIVER_OPERATIONS)[number];

/** `error` is a rejected promise: a bug in the driver, or a list that could not be had. */
export const DRIVER_RESULTS = ['ok', 'capacity', 'transient', 'config', 'error'] as const;
export type DriverResult = (typeof DRIVER_RESULTS)[number];

/** Reasons that say something; the one that is left out only says that nothing speaks against a number. */
export const TELLING_REASONS: readonly Reason[] = REASONS.filter((reason) => reason !== 'DesiredWithinRange');

/** Who answered a request. */
export const SERVERS = ['origin', 'replicas'] as const;
export type Server = (typeof SERVERS)[number];

export const DIRECTIONS = ['up', 'down', 'none'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** `value` if the set has it, else `other`. */
export function oneOf(set: readonly string[], value: string): string {
  return set.includes(value) ? value : OTHER;
}
