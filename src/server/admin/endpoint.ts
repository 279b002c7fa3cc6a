import type { z } from 'zod';
import { parseQuery } from './parameters.js';
import { errorReply, type Reply } from './reply.js';
import type { AdminSource } from './source.js';

/** Answers one path. */
export type Endpoint = (source: AdminSource, query: URLSearchParams) => Reply | Promise<Reply>;

/** An endpoint that is only asked once its parameters are known to be right. */
export function endpoint<Shape extends z.ZodRawShape>(
  parameters: z.ZodObject<Shape>,
  answer: (source: AdminSource, query: z.output<z.ZodObject<Shape>>) => Reply | Promise<Reply>,
): Endpoint {
  return (source, query) => {
    const parsed = parseQuery(parameters, query);
    if (parsed.ok) return answer(source, parsed.value);
    const message = parsed.problems.map((problem) => `${problem.where}: ${problem.message}`).join('; ');
    const hint = parsed.problems.find((problem) => problem.hint !== undefined)?.hint;
    return errorReply(400, message, hint ?? 'mend it in the query string');
  };
}

export function noSuchPage(path: string): Reply {
  return errorReply(
    404,
    `the site has no page ${JSON.stringify(path)}`,
    'a page is named by its path in the site, with a leading slash; /api/v1/pages lists them',
  );
}
