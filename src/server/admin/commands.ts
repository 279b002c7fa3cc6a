import { z } from 'zod';
import { parseDuration } from '../../policy/duration.js';
import { LOG_LEVELS } from '../../telemetry/log.js';
import type { Acted, AdminActions } from './actions.js';
import { pagePath } from './parameters.js';
import { errorReply, jsonReply, type Reply } from './reply.js';

/** Answers one POST, whose sender has the token. */
export type Command = (actions: AdminActions, body: unknown, by: string) => Reply;

const REPLICAS_MAX = 10_000;
/** A year: what is to last longer is for a policy. */
const FOR_MAX_MS = 365 * 24 * 3_600_000;

const A_DAY_MS = 24 * 3_600_000;
/** Letters of a name with every octet escaped, or of a path. */
const NAME_MAX = 4_096;

const FOR_ERROR = 'expected a duration of up to a year, e.g. "2h" or "1h30m"';
const lasting = z
  .string(FOR_ERROR)
  .transform((text) => parseDuration(text))
  .pipe(z.number(FOR_ERROR).positive(FOR_ERROR).max(FOR_MAX_MS, FOR_ERROR))
  .nullable()
  .default(null);
const REPLICAS_ERROR = `expected a whole number from 0 to ${REPLICAS_MAX}`;
const replicas = z.int(REPLICAS_ERROR).min(0, REPLICAS_ERROR).max(REPLICAS_MAX, REPLICAS_ERROR);
/** Null, or left out: every page. */
const somePage = pagePath.nullable().default(null);

const logLevel = z.enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`);
/** Null, or left out: none. */
const someName = z
  .string('expected a name of the zone, or a page')
  .min(1)
  .max(NAME_MAX)
  .nullable()
  .default(null);
const A_DAY_ERROR = 'expected a duration of up to a day, e.g. "10m"';
const lastingADay = lasting.refine((ms) => ms === null || ms <= A_DAY_MS, A_DAY_ERROR);

/** What can be posted, by path; every body is a JSON object. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  '/api/v1/pin': command({ page: pagePath, replicas, for: lasting }, (actions, body, by) =>
    actions.pin(body.page, body.replicas, body.for, by),
  ),
  '/api/v1/unpin': command({ page: pagePath }, (actions, { page }, by) => actions.unpin(page, by)),
  '/api/v1/pause': command({ page: somePage, for: lasting }, (actions, body, by) =>
    actions.pause(body.page, body.for, by),
  ),
  '/api/v1/resume': command({ page: somePage }, (actions, { page }, by) => actions.resume(page, by)),
  '/api/v1/drain': command({ id: z.string('expected the id of a replica') }, (actions, { id }, by) =>
    actions.drain(id, by),
  ),
  // Whoever gets an answer has the right token.
  '/api/v1/token': command({}, () => ({ ok: true, done: ['that is the admin token'] })),
  '/api/v1/log-level': command({ level: logLevel, for: lasting }, (actions, body, by) =>
    actions.logLevel(body.level, body.for, by),
  ),
  '/api/v1/log-queries': command({ name: someName, for: lastingADay }, (actions, body, by) =>
    actions.logQueries(body.name, body.for, by),
  ),
  '/api/v1/release': command({ page: pagePath }, (actions, { page }, by) => actions.release(page, by)),
};

function command<Shape extends z.ZodRawShape>(
  fields: Shape,
  act: (actions: AdminActions, body: z.output<z.ZodObject<Shape>>, by: string) => Acted,
): Command {
  const schema = z.strictObject(fields);
  return (actions, body, by) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const message = parsed.error.issues.map(describe).join('; ');
      return errorReply(400, message, `expected an object with ${Object.keys(fields).join(', ')}`);
    }
    // With every field there, or its default.
    const acted = act(actions, parsed.data as z.output<z.ZodObject<Shape>>, by);
    if (acted.ok) return jsonReply({ done: acted.done });
    return errorReply(acted.kind === 'unknown' ? 404 : 409, acted.message, acted.hint);
  };
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: is not known here`;
  return issue.path.length === 0 ? 'the body is no object' : `${issue.path.join('.')}: ${issue.message}`;
}
