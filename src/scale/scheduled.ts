import type { Policy, Schedule } from '../policy/policy.js';
import { prewarmedWindowAt, type ScheduleWindow, windowAt } from '../policy/schedule.js';
import { wallClock } from '../policy/time-zone.js';

/** A bound that a schedule sets now. */
export interface ScheduledBound {
  readonly replicas: number;
  /** Which schedule, and until when, in the operator's words. */
  readonly detail: string;
}

/** What the schedules of a policy say at one moment: the highest floor and the lowest ceiling of those that are open. */
export interface ScheduledBounds {
  readonly floor: ScheduledBound | null;
  readonly ceiling: ScheduledBound | null;
}

export const NOTHING_SCHEDULED: ScheduledBounds = { floor: null, ceiling: null };

/** `wall`: Unix milliseconds. It depends on nothing else, so every tick and every daemon comes to the same. */
export function scheduledBounds({ schedules }: Policy, wall: number): ScheduledBounds {
  if (schedules.length === 0) return NOTHING_SCHEDULED;
  const bounds = (of: 'minReplicas' | 'maxReplicas', windowOf: typeof windowAt): readonly ScheduledBound[] =>
    schedules.flatMap((schedule) => {
      const replicas = schedule[of];
      const window = replicas === null ? null : windowOf(schedule, wall);
      return replicas === null || window === null
        ? []
        : [{ replicas, detail: describe(schedule, window, `${of} ${replicas}`) }];
    });
  const floors = bounds('minReplicas', prewarmedWindowAt);
  const ceilings = bounds('maxReplicas', windowAt);
  return {
    floor: floors.toSorted((a, b) => b.replicas - a.replicas)[0] ?? null,
    ceiling: ceilings.toSorted((a, b) => a.replicas - b.replicas)[0] ?? null,
  };
}

function describe({ name, timezone }: Schedule, { until }: ScheduleWindow, bound: string): string {
  const end = Number.isFinite(until) ? ` until ${wallClock(until, timezone)} ${timezone}` : '';
  return `the schedule "${name}" has ${bound}${end}`;
}
