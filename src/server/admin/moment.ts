import { parseDuration } from '../../policy/duration.js';

/** A moment that somebody asks about: by the wall clock, or so long before now. All in (Unix) milliseconds. */
export type Moment =
  | { readonly kind: 'at'; readonly wall: number }
  | { readonly kind: 'ago'; readonly ms: number };

/** RFC 3339, section 5.6, with its leave to write a blank for the T and to leave out the seconds. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)$/;

export const MOMENT_EXPECTED =
  'expected a time such as 2026-01-31T08:00:00Z, with Z or an offset, or -10m for so long ago';

/** Unix milliseconds. */
export function wallOf(moment: Moment, now: number): number {
  return moment.kind === 'at' ? moment.wall : now - moment.ms;
}

/** Null when it is no moment: a time without a zone would be another moment to each reader. */
export function parseMoment(text: string): Moment | null {
  if (text.startsWith('-')) {
    const ms = parseDuration(text.slice(1));
    return ms === null ? null : { kind: 'ago', ms };
  }
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const wall = Date.parse(text.replace(' ', 'T').toUpperCase());
  // Date.parse takes a 31st of June for the 1st of July.
  const isDay = Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number.isNaN(wall) || !isDay ? null : { kind: 'at', wall };
}
