import { type CronTimes, cronTimes } from './cron.js';
import type { Schedule } from './policy.js';

/** The time in which a schedule holds. Unix milliseconds; `until` is the first moment after it. */
export interface ScheduleWindow {
  readonly since: number;
  readonly until: number;
}

interface Times {
  readonly start: CronTimes;
  readonly end: CronTimes | null;
}

/** Expressions are read once for each schedule; what comes of them is the same each time. */
const compiled = new WeakMap<Schedule, Times>();

function timesOf(schedule: Schedule): Times {
  const known = compiled.get(schedule);
  if (known !== undefined) return known;
  const { start, end, timezone } = schedule;
  const times = {
    start: cronTimes(start, timezone),
    end: end === null ? null : cronTimes(end, timezone),
  };
  compiled.set(schedule, times);
  return times;
}

/**
 * The window that is open at `wall`, or null. It is a level and no edge: it depends on nothing but the time, so a
 * restart in the middle of a window is no event, and an end on other days than the start ends it all the same
 * (keda#4677). An end in the minute of a start wins: that window does not open.
 */
export function windowAt(schedule: Schedule, wall: number): ScheduleWindow | null {
  const { start, end } = timesOf(schedule);
  const started = start.last(wall);
  if (started === null) return null;
  if (end === null) {
    const until = started + (schedule.duration ?? 0);
    return wall < until ? { since: started, until } : null;
  }
  const ended = end.last(wall);
  if (ended !== null && started <= ended) return null;
  const since = ended === null ? started : (start.next(ended) ?? started);
  return { since, until: end.next(wall) ?? Number.POSITIVE_INFINITY };
}

/** As `windowAt`, but open early by `prewarm`, so that what takes time to boot serves when the window begins. */
export function prewarmedWindowAt(schedule: Schedule, wall: number): ScheduleWindow | null {
  const open = windowAt(schedule, wall);
  if (open !== null || schedule.prewarm === 0) return open;
  const { start } = timesOf(schedule);
  let next = start.next(wall);
  while (next !== null && next <= wall + schedule.prewarm) {
    const coming = windowAt(schedule, next);
    if (coming !== null) return { ...coming, since: next - schedule.prewarm };
    next = start.next(next);
  }
  return null;
}
