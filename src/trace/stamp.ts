const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Unix times in seconds are below this until the year 5138, and those in milliseconds above it since 1973. */
const SECONDS_MAX = 1e11;

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;
const BIND = /^(\d{2})-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
const SYSLOG = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})$/;

/**
 * Unix milliseconds of a time as logs write it; null where it is none. What is written without a zone is read as UTC:
 * then all of a log is off by the same, which does not matter, and a change of its clocks shows as a step.
 */
export function parseStamp(text: string, near: number): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return unixTime(Number(text));
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    const at = utc(Number(year), Number(month) - 1, Number(day), hour, minute, second, fraction);
    return at === null ? null : at - zoneMs(zone);
  }
  const bind = BIND.exec(text);
  if (bind !== null) {
    const [, day, month = '', year, hour, minute, second, fraction] = bind;
    return utc(Number(year), monthOf(month), Number(day), hour, minute, second, fraction);
  }
  const syslog = SYSLOG.exec(text);
  if (syslog === null) return null;
  const [, month = '', day, hour, minute, second] = syslog;
  return nearest(near, (year) => utc(year, monthOf(month), Number(day), hour, minute, second, undefined));
}

function unixTime(number: number): number {
  return number < SECONDS_MAX ? number * SECOND_MS : number;
}

/** RFC 3164 has no year: the one is meant that brings the time nearest to those around it. */
function nearest(near: number, inYear: (year: number) => number | null): number | null {
  const guess = new Date(near).getUTCFullYear();
  let best: number | null = null;
  for (const year of [guess - 1, guess, guess + 1]) {
    const at = inYear(year);
    if (at !== null && (best === null || Math.abs(at - near) < Math.abs(best - near))) best = at;
  }
  return best;
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.toLowerCase());
}

/** Null for a day or an hour that there is not; second 60 is a leap second. */
function utc(
  year: number,
  month: number,
  day: number,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined,
): number | null {
  const date = new Date(Date.UTC(year, month, day));
  if (month < 0 || date.getUTCMonth() !== month || date.getUTCDate() !== day) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const milliseconds = fraction === undefined ? 0 : Number(`0.${fraction}`) * SECOND_MS;
  return (
    date.getTime() +
    (Number(hour) * 60 + Number(minute)) * MINUTE_MS +
    Number(second) * SECOND_MS +
    milliseconds
  );
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}
