import { Cron } from 'croner';

/** When a cron expression comes due. All times are Unix milliseconds. */
export interface CronTimes {
  /** The latest time at or before `at`; null when there was none. */
  last(at: number): number | null;
  /** The earliest time after `at`; null when it never comes. */
  next(at: number): number | null;
}

const MINUTE_MS = 60_000;
/** Five fields of crontab(5); what only some crons know (`L`, `W`, `#`, `?`, seconds, `@daily`) is no part of it. */
const FIVE_FIELDS = /^[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4}$/;
const LAST_OR_WORKDAY = /(^|[ ,\d])[LW]([ ,]|$)|\d[LW]/i;

export function isCron(expression: string): boolean {
  if (!FIVE_FIELDS.test(expression) || LAST_OR_WORKDAY.test(expression)) return false;
  try {
    cronTimes(expression, 'UTC');
    return true;
  } catch {
    return false;
  }
}

/**
 * `expression` has passed `isCron`, `timezone` is an IANA name. A time that daylight saving skips comes when the gap
 * ends, unless its minute or hour is a step or a list; one that it repeats comes once, the first time.
 */
export function cronTimes(expression: string, timezone: string): CronTimes {
  const cron = new Cron(expression, { timezone, mode: '5-part', paused: true });
  return {
    last: (at) => {
      // A run is at the beginning of its minute, and `previousRuns` gives those that are strictly before.
      const endOfMinute = Math.floor(at / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      return cron.previousRuns(1, new Date(endOfMinute))[0]?.getTime() ?? null;
    },
    next: (at) => cron.nextRun(new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS))?.getTime() ?? null,
  };
}
