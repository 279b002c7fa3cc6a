import { Agent, request } from 'undici';
import { z } from 'zod';
import { formatProblem, type Problem } from '../problem.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { oneLine } from './table.js';

/** Where a daemon's admin server is, unless told otherwise. */
export const DEFAULT_ADMIN_URL = 'http://127.0.0.1:9153';

/** What came of asking a daemon. */
export type Asked<T> = { readonly ok: true; readonly value: T } | Failure;

interface Failure {
  readonly ok: false;
  /** `absent`: no daemon answers; `refused`: it answered that it cannot; `usage`: the URL is none. */
  readonly kind: 'absent' | 'refused' | 'usage';
  readonly problem: Problem;
}

/** What the commands that ask a daemon have in common. */
export interface AskOptions {
  /** Of its admin server; `DEFAULT_ADMIN_URL` unless told otherwise. */
  readonly url: string;
  /** The daemon's answer as it is, for scripts. */
  readonly json: boolean;
}

const CONNECT_TIMEOUT_MS = 2_000;
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1_024 * 1_024;

const errorAnswer = z.object({ error: z.object({ message: z.string(), hint: z.string() }) });

/** Asks the daemon at `url` for `path` of its API, and reads the answer as `schema` says. */
export async function askDaemon<T>(
  url: string,
  path: string,
  query: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
): Promise<Asked<T>> {
  return exchange(url, path, { query }, schema);
}

/** Has the daemon at `url` do something, which it does for whoever has its token. */
export async function orderDaemon<T>(
  url: string,
  path: string,
  body: unknown,
  token: string,
  schema: z.ZodType<T>,
): Promise<Asked<T>> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return exchange(url, path, { method: 'POST', headers, body: JSON.stringify(body) }, schema);
}

interface Exchange {
  readonly query?: Readonly<Record<string, string>>;
  readonly method?: 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function exchange<T>(
  url: string,
  path: string,
  { query = {}, ...message }: Exchange,
  schema: z.ZodType<T>,
): Promise<Asked<T>> {
  if (!URL.canParse(path, url) || !/^https?:$/.test(new URL(url).protocol))
    return failed('usage', '--url', `${JSON.stringify(url)} is no http URL`, `e.g. ${DEFAULT_ADMIN_URL}`);
  const target = new URL(path, url);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);

  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  try {
    const { statusCode, body } = await request(target, { dispatcher, ...message });
    return read(url, statusCode, parseJson(await body.text()), schema);
  } catch (error) {
    return failed('absent', url, `no hotzone daemon answers there (${reasonOf(error)})`, ABSENT_HINT);
  } finally {
    await dispatcher.destroy();
  }
}

const ABSENT_HINT = 'start one with "hotzone serve", or give the address of its admin server with --url';
const STRANGER_HINT = 'is the address right, and is the daemon of the same version as this program?';

function read<T>(url: string, status: number, answer: unknown, schema: z.ZodType<T>): Asked<T> {
  if (status !== 200) {
    const { data } = errorAnswer.safeParse(answer);
    return data === undefined
      ? failed('refused', url, `answered with status ${status}, and not as hotzone would`, STRANGER_HINT)
      : failed('refused', url, data.error.message, data.error.hint);
  }
  const { data, error } = schema.safeParse(answer);
  if (error === undefined) return { ok: true, value: data };
  const field = error.issues[0]?.path.join('.') ?? '';
  return failed('refused', url, `the answer is not understood${field && ` (at ${field})`}`, STRANGER_HINT);
}

/** Tells the user why there is no answer, and returns the exit code that goes with it. */
export function reportFailure(failure: Failure, io: Io): number {
  io.stderr.write(`${oneLine(formatProblem(failure.problem))}\n`);
  return { absent: EXIT.absent, refused: EXIT.problems, usage: EXIT.usage }[failure.kind];
}

function failed(kind: Failure['kind'], where: string, message: string, hint: string): Failure {
  return { ok: false, kind, problem: { where, message, hint } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's own word for it; a name with several addresses fails with one error for each. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { code, message } = first as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') return 'no answer in time';
  return code ?? message;
}
