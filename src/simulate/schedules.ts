import type { Policy } from '../policy/policy.js';
import { type ScheduledBounds, scheduledBounds } from '../scale/scheduled.js';

/** Cron expressions and durations know no less; and what a zone's clock shows is dear to find out. */
const STEP_MS = 1_000;

/** What schedules say, found out once a second for all pages of a policy. */
export class Schedules {
  readonly #wallAtStart: number;
  readonly #known = new Map<Policy, { readonly step: number; readonly bounds: ScheduledBounds }>();

  constructor(wallAtStart: number) {
    this.#wallAtStart = wallAtStart;
  }

  at(policy: Policy, now: number): ScheduledBounds {
    const step = Math.floor(now / STEP_MS);
    const known = this.#known.get(policy);
    if (known?.step === step) return known.bounds;
    const bounds = scheduledBounds(policy, this.#wallAtStart + step * STEP_MS);
    this.#known.set(policy, { step, bounds });
    return bounds;
  }
}
