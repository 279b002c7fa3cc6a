import { z } from 'zod';
import { formatCidr, parseCidr } from './cidr.js';
import { isCron } from './cron.js';
import { formatDuration, parseDuration } from './duration.js';
import { PLACEHOLDERS, placeholdersOf } from './image.js';
import { parseSize } from './size.js';
import { isTimeZone, zoneMeant } from './time-zone.js';

/**
 * The kinds of fields that the table in `schema.ts` is made of. Each says what it expects in words that end the
 * sentence "expected ..."; `issues.ts` builds the rest of the message around it.
 */

/** The message of a field or value that belongs to the language but that this version refuses. */
export const NOT_YET = 'not yet';

const MAX_TEXT = 200;
const MAX_GLOB = 1_000;
const MAX_ITEMS = 1_000;
/** What a kernel reads of its command line at most (Linux, COMMAND_LINE_SIZE on x86). */
const MAX_TEMPLATE = 2_048;

export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

export function atLeast(min: number) {
  const error = `a number of at least ${min}`;
  return z.number({ error }).min(min, { error });
}

export function above(min: number) {
  const error = `a number above ${min}`;
  return z.number({ error }).gt(min, { error });
}

export function fraction() {
  const error = 'a number from 0 to below 1';
  return z.number({ error }).min(0, { error }).lt(1, { error });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** Text in the file, milliseconds in the policy; both bounds are in the language's own notation. */
export function duration(min: string, max = '168h') {
  const [minMs, maxMs] = [bound(min), bound(max)];
  const error = `a duration from ${min} to ${max}, such as "30s" or "1h30m"`;
  return z.string({ error }).transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== null && milliseconds >= minMs && milliseconds <= maxMs) return milliseconds;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

/** Text in the file, seconds in the policy. */
export function seconds(min: string, max: string) {
  const error = `a duration of whole seconds from ${min} to ${max}, such as "30s"`;
  return duration(min, max).transform((milliseconds, context) => {
    if (milliseconds % 1_000 === 0) return milliseconds / 1_000;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

/** Text in the file, bytes in the policy; both bounds are in the language's own notation. */
export function size(min: string, max: string) {
  const [minBytes, maxBytes] = [parseSize(min) ?? Number.NaN, parseSize(max) ?? Number.NaN];
  const error = `a size from ${min} to ${max}, such as "16MiB"`;
  return z.string({ error }).transform((text, context) => {
    const bytes = parseSize(text);
    if (bytes !== null && bytes >= minBytes && bytes <= maxBytes) return bytes;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

function bound(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === null || formatDuration(milliseconds) !== text) throw new Error(`bad bound ${text}`);
  return milliseconds;
}

/** One of `values`; those in `later` are refused as not done yet. */
export function choice<const T extends readonly [string, ...string[]]>(
  values: T,
  later: readonly string[] = [],
) {
  const expected = values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`;
  return z.enum(values, {
    error: ({ input }) => (later.some((value) => value === input) ? NOT_YET : expected),
  });
}

/** The only value that a setting can have in this version; `word` is how it is written in the file. */
export function only<const T extends number | boolean>(value: T) {
  return z.literal(value, {
    error: ({ input }) => (typeof input === typeof value ? NOT_YET : String(value)),
  });
}

/** A setting of the full language that this version does not do. */
export function later() {
  return z.undefined({ error: NOT_YET }).optional();
}

export function name() {
  const error =
    'a name of up to 63 lower-case letters, digits, dots and hyphens that begins with a letter or digit';
  return z.string({ error }).regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, { error });
}

export function pageGlob() {
  const error = `a pattern over a page's path that begins with "/" or "**", such as "/blog/**"`;
  return z
    .string({ error })
    .max(MAX_GLOB, { error })
    .regex(/^(\/|\*\*)/, { error });
}

export function addressBlock() {
  const error = 'an address block such as "192.0.2.0/24" or "2001:db8::/32"';
  return z
    .string({ error })
    .max(MAX_TEXT, { error })
    .transform((text, context) => {
      const cidr = parseCidr(text);
      if (cidr !== null) return formatCidr(cidr);
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    });
}

export function timeZone() {
  const error = 'a time zone of the IANA database, such as "Europe/Prague"';
  return z
    .string({ error })
    .max(MAX_TEXT, { error })
    .superRefine((name, context) => {
      if (isTimeZone(name)) return;
      context.addIssue({ code: 'custom', message: error, params: { meant: zoneMeant(name) } });
    });
}

export function cronExpression() {
  const error =
    'five fields of cron (minute, hour, day of the month, month, weekday), such as "30 8 * * 1-5"';
  return z.string({ error }).max(MAX_TEXT, { error }).refine(isCron, { error });
}

/** One line of text in which `{name}` stands for what a replica is given. */
export function template() {
  const names = PLACEHOLDERS.map((name) => `{${name}}`).join(' ');
  const error = `one line of text in which only these stand for something: ${names}`;
  return z
    .string({ error })
    .max(MAX_TEMPLATE, { error })
    .regex(/^\P{Cc}*$/u, { error })
    .refine((text) => placeholdersOf(text).every((name) => PLACEHOLDERS.some((known) => known === name)), {
      error,
    });
}

/** A template of a kernel's command line, which no hypervisor's configuration has a way to quote such marks in. */
export function commandLineTemplate() {
  return template().refine((text) => !text.includes('"'), {
    error: 'a command line without quotation marks',
  });
}

/** A template of an absolute path. */
export function pathTemplate() {
  return template().refine((text) => text.startsWith('/'), { error: 'an absolute path' });
}

export function absolutePath() {
  const error = 'an absolute path';
  return z
    .string({ error })
    .max(MAX_TEMPLATE, { error })
    .regex(/^\/[^"\p{Cc}]*$/u, { error });
}

export function listOf<T extends z.ZodType>(item: T, of: string, minItems = 0, maxItems = MAX_ITEMS) {
  const error = `a list of ${minItems === 0 ? 'up' : minItems} to ${maxItems} ${of}`;
  return z.array(item, { error }).min(minItems, { error }).max(maxItems, { error });
}

/** A map of settings; any other key than those of `shape` is an error. */
export function settings<T extends z.core.$ZodShape>(shape: T) {
  return z.strictObject(shape, { error: 'a map of settings' });
}
