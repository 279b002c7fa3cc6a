import { didYouMean } from './did-you-mean.js';

/** Offsets such as `+02:00` know no daylight saving, and are no names. */
const NAME = /^[A-Za-z]/;

/** Whether it is a name of the IANA time zone database that this Node.js knows. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone that was most likely meant; a city alone is enough. */
export function zoneMeant(name: string): string | undefined {
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = known.find((zone) => zone.split('/').at(-1)?.toLowerCase() === name.toLowerCase());
  return city ?? didYouMean(name, known);
}

/** `2026-11-24 11:30`, as a clock on the wall shows it there. `at`: Unix milliseconds. */
export function wallClock(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}
