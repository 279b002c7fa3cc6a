import { Option } from 'commander';
import { z } from 'zod';
import { choice, flag, listOf } from '../../policy/fields.js';
import { several } from '../options.js';
import { parserOf, TEXT, type TextForm } from '../text-form.js';

/** One setting: an option on the command line, and a key in the configuration file. */
export interface Field<T> {
  /** e.g. `zone.domain`. */
  readonly key: string;
  readonly about: string;
  readonly option: Option;
  /** Null: without it there is nothing. */
  readonly fallback: T | null;
  /** What the file may have there; `folder` is that of the file, from which its paths count. */
  schema(folder: string): z.ZodType;
  /** As it is written into a file: text, a number, true, or a list of them. */
  write(value: T): unknown;
}

/** How a file's paths become those of the process. */
type Resolve = (path: string, folder: string) => string;

interface About {
  readonly key: string;
  readonly flags: string;
  readonly about: string;
}

/** One value. */
export function one<T>(about: About, form: TextForm<T>): Field<T | undefined> {
  return {
    ...about,
    fallback: null,
    option: new Option(about.flags, about.about).argParser(parserOf(form)),
    schema: () => leaf(form),
    write: (value) => (value === undefined ? undefined : scalar(form.write(value))),
  };
}

/** A path; in the file it counts from the file's folder. */
export function path(about: About, resolve: Resolve): Field<string | undefined> {
  return {
    ...one(about, TEXT),
    schema: (folder) => leaf(TEXT).transform((text) => resolve(String(text), folder)),
  };
}

/** A list: an option that may be repeated, whose first one replaces the default. */
export function many<T>(about: About, form: TextForm<T>): Field<readonly T[] | undefined> {
  return {
    ...about,
    fallback: null,
    option: new Option(about.flags, `${about.about}; may be repeated`).argParser(several(parserOf(form))),
    schema: () => listOf(leaf(form), 'values'),
    write: (values) => values?.map((value) => scalar(form.write(value))),
  };
}

/** A list of paths; each in the file counts from the file's folder. */
export function paths(about: About, resolve: Resolve): Field<readonly string[] | undefined> {
  return {
    ...many(about, TEXT),
    schema: (folder) =>
      listOf(
        leaf(TEXT).transform((text) => resolve(String(text), folder)),
        'paths',
        1,
      ),
  };
}

export function oneOf<const T extends readonly [string, ...string[]]>(
  about: About,
  values: T,
  fallback: T[number],
): Field<T[number]> {
  return {
    ...about,
    fallback,
    option: new Option(about.flags, about.about).choices(values).default(fallback),
    schema: () => choice(values),
    write: (value) => value,
  };
}

export function yes(about: About): Field<boolean> {
  return {
    ...about,
    fallback: false,
    option: new Option(about.flags, about.about).default(false),
    schema: flag,
    write: (value) => value,
  };
}

/** The same with a value where nothing is said. */
export function withDefault<T>(
  field: Field<T | undefined>,
  fallback: T,
): Field<T> & { readonly fallback: T } {
  const written = [field.write(fallback)].flat().join(' ');
  return {
    ...field,
    fallback,
    option: field.option.default(fallback, written),
    write: (value) => field.write(value),
  };
}

function leaf<T>({ expected, read }: TextForm<T>) {
  return z.any().transform((value: unknown, context): T => {
    const found = typeof value === 'string' || typeof value === 'number' ? read(String(value)) : null;
    if (found !== null) return found;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** A number is written without quotes. */
function scalar(text: string): string | number {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
