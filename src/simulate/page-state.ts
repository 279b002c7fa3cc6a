import type { Policy } from '../policy/policy.js';
import type { Decision } from '../scale/decide.js';
import { NO_HISTORY, type PageHistory } from '../scale/history.js';
import type { Server } from './system.js';
import type { SimulatedPage } from './workload.js';

/** What a simulated daemon knows of a page. */
export interface PageState {
  readonly page: SimulatedPage;
  /** Null: it stays on the origin. */
  policy: Policy | null;
  /** The origin, as far as this page is concerned. */
  readonly origin: Server;
  history: PageHistory;
  decision: Decision | null;
  /** Its load has begun to ask for more, and no answer with more is out yet. */
  isSurging: boolean;
  /** How often the number of its replicas was changed. */
  changes: number;
}

export function newPageState(page: SimulatedPage, index: number, policy: Policy | null): PageState {
  return {
    page,
    policy,
    origin: { page: index, visits: 0 },
    history: NO_HISTORY,
    decision: null,
    isSurging: false,
    changes: 0,
  };
}

/** There may be something to decide although nobody asks for it: a floor, or something left to remember. */
export function mayActWithoutLoad({ policy, history }: PageState): boolean {
  if (policy === null) return false;
  const { minReplicas, schedules, fallback } = policy;
  return history !== NO_HISTORY || minReplicas > 0 || schedules.length > 0 || fallback !== null;
}
