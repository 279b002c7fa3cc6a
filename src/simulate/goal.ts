import type { Policy } from '../policy/policy.js';

/** What a page's replicas are for, by which a simulation is judged. */
export interface Goal {
  /** Visits per second that one replica shall carry. */
  readonly target: number;
  /** Below it a page needs no replica, since the origin copes. */
  readonly activation: number;
  /** Relative; a load within it is neither too much nor too little for what there is. */
  readonly tolerance: number;
  /** So many replicas are never too many, for a system that has no origin beside them. */
  readonly floor?: number;
}

export function goalOf({ metric: { target, activation, tolerance } }: Policy): Goal {
  return { target, activation, tolerance };
}

/** Whether so many replicas are too few for a demand in visits per second. */
export function isShort(demand: number, serving: number, { target, activation, tolerance }: Goal): boolean {
  const enough = serving === 0 ? activation : serving * target;
  return demand > enough * (1 + tolerance);
}

/** The fewest replicas that are enough without making use of the tolerance. */
export function ideal(demand: number, { target, activation, floor = 0 }: Goal): number {
  return demand < activation ? floor : Math.max(floor, Math.ceil(demand / target));
}
