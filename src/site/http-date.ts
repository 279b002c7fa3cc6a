const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MILLISECONDS = 1_000;

const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
/** The three forms that a recipient must accept (RFC 9110 section 5.6.7). */
const FORMS = [
  new RegExp(`^(?:${DAYS.join('|')}), (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]+day, (?<day>\\d\\d)-${MONTH}-(?<shortYear>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^(?:${DAYS.join('|')}) ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/** The last second that an HTTP date can express: 31 December 9999. */
export const MAX_HTTP_DATE = 253_402_300_799;

/** `Sun, 06 Nov 1994 08:49:37 GMT` of Unix seconds (RFC 9110 section 5.6.7, IMF-fixdate). */
export function formatHttpDate(seconds: number): string {
  return new Date(seconds * MILLISECONDS).toUTCString();
}

/** Unix seconds of an HTTP date in any of its three forms, or `null`; `referenceYear` resolves two-digit years. */
export function parseHttpDate(text: string, referenceYear: number): number | null {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups !== undefined) return secondsOf(groups, referenceYear);
  }
  return null;
}

function secondsOf(groups: Readonly<Record<string, string>>, referenceYear: number): number | null {
  const year =
    groups.year === undefined ? fullYear(Number(groups.shortYear), referenceYear) : Number(groups.year);
  const [day, hour, minute, second] = [groups.day, groups.hour, groups.minute, groups.second].map(Number);
  if (day === undefined || hour === undefined || minute === undefined || second === undefined) return null;
  // 60 is a leap second.
  if (day < 1 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, MONTHS.indexOf(groups.month ?? ''), day);
  // The calendar has moved a 31 February to March: it is no date.
  if (date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second);
  return date.getTime() / MILLISECONDS;
}

/** RFC 9110 section 5.6.7: a two-digit year that seems more than 50 years ahead is in the past. */
function fullYear(shortYear: number, referenceYear: number): number {
  const century = referenceYear - (referenceYear % 100);
  return century + shortYear > referenceYear + 50 ? century - 100 + shortYear : century + shortYear;
}
