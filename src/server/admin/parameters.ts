import { z } from 'zod';
import type { Parsed } from '../../problem.js';
import { MOMENT_EXPECTED, parseMoment } from './moment.js';

/** A whole number from 1 to `max`, in decimal digits only. */
export function wholeNumber(bounds: { readonly fallback: number; readonly max: number }) {
  const error = `expected a whole number from 1 to ${bounds.max}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, error)
    .transform(Number)
    .pipe(z.number().min(1, error).max(bounds.max, error))
    .default(bounds.fallback);
}

/** `Page.path`; percent-encoded in the query as every part of a URL is. */
export const pagePath = z.string('expected a page, e.g. /index.html').min(1, 'expected a page');

/** RFC 3339, or so long ago. */
export const moment = z.string().transform((text, context) => {
  const parsed = parseMoment(text);
  if (parsed === null) context.addIssue(MOMENT_EXPECTED);
  return parsed ?? z.NEVER;
});

/** Reads a query string strictly: a name that is not known or given twice is a mistake, not something to pass over. */
export function parseQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: URLSearchParams,
): Parsed<z.output<z.ZodObject<Shape>>> {
  const twice = [...new Set(query.keys())].filter((name) => query.getAll(name).length > 1);
  const [first] = twice;
  if (first !== undefined)
    return { ok: false, problems: [{ where: `parameter ${first}`, message: 'is given more than once' }] };
  const result = schema.strict().safeParse(Object.fromEntries(query));
  if (result.success) return { ok: true, value: result.data };
  const names = Object.keys(schema.shape);
  return {
    ok: false,
    problems: result.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys'
        ? {
            where: `parameter ${issue.keys.join(', ')}`,
            message: 'is not known here',
            hint: names.length === 0 ? 'there are none' : `expected ${names.join(', ')}`,
          }
        : { where: `parameter ${issue.path.join('.')}`, message: issue.message },
    ),
  };
}
