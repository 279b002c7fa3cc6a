import type { DriverName, Policy } from '../policy/policy.js';
import type { Decision } from './decide.js';
import type { Step } from './reason.js';
import type { Replica } from './replica.js';

/** What the plan needs to know of a page that exists. */
export interface PlannedPage {
  readonly path: string;
  readonly policy: Policy;
  readonly decision: Decision;
}

/** Until when drivers that have told that they are full are left alone, in monotonic milliseconds. */
export type Resting = ReadonlyMap<DriverName, number>;

export interface PlanInput {
  readonly pages: readonly PlannedPage[];
  readonly fleet: readonly Replica[];
  /** Whether a replica's page still exists and still has the content that the replica serves. */
  readonly isFresh: (replica: Replica) => boolean;
  /** Instances over all policies. */
  readonly maxInstances: number;
  /** What all of them together may cost an hour; no limit unless given. */
  readonly maxHourlyCost?: number | null;
  /** None, unless given. */
  readonly resting?: Resting;
  /** Monotonic milliseconds. */
  readonly now: number;
}

export interface Boot {
  readonly page: string;
  readonly policy: string;
  readonly driver: DriverName;
  /** Its price, which counts against the budgets from now on. */
  readonly hourlyCost: number;
  /** The id of the replica in whose place it boots; null: it is one more. */
  readonly replaces: string | null;
  readonly reason: string;
}

export type WithdrawalCause =
  | 'scale_down'
  | 'stale_content'
  | 'policy_removed'
  | 'by_hand'
  | 'budget'
  | 'lifetime';

export interface Withdrawal {
  readonly replica: Replica;
  readonly cause: WithdrawalCause;
  readonly reason: string;
}

/** What to do about the difference between what is and what was decided. */
export interface Plan {
  readonly boots: readonly Boot[];
  /** Replicas that caches may know: they leave the answers, drain, and go. */
  readonly drains: readonly Withdrawal[];
  /** Replicas that were in no answer yet and can go at once. */
  readonly cancels: readonly Withdrawal[];
  /** By page, what keeps it from what was decided. */
  readonly notes: ReadonlyMap<string, Step>;
}

/** Whether nothing may be done to the page's replicas: decided on it is all the same. */
export function isUntouchable({ policy, decision }: PlannedPage): boolean {
  return policy.dryRun || decision.chain.some(({ reason }) => reason === 'Paused');
}
