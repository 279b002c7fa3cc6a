import type { Policy } from '../../src/policy/policy.js';
import { NO_HISTORY } from '../../src/scale/history.js';
import type { PlannedPage } from '../../src/scale/plan.js';

/** A page of which it was decided, without a word about why, that it wants so many replicas and has so many. */
export function plannedPage(path: string, policy: Policy, desired: number, current: number): PlannedPage {
  const decision = {
    page: path,
    policy: policy.name,
    current,
    serving: current,
    desired,
    measured: null,
    panicking: false,
    chain: [],
    history: NO_HISTORY,
  };
  return { path, policy, decision };
}
