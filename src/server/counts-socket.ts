import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { z } from 'zod';
import { askJson, openJsonSocket } from '../driver/process/json-socket.js';
import type { CountsMark, CountsReport } from './request-counts.js';

/** A site of 100,000 pages all of which are asked for fits. */
const LIMITS = { timeoutMs: 1_000, maxReplyBytes: 16 * 1_048_576 } as const;

const question = z.object({
  do: z.literal('counts'),
  after: z.object({ instance: z.string(), revision: z.number() }).nullable(),
});

const answer = z.object({
  instance: z.string(),
  revision: z.number().int().nonnegative(),
  totals: z.record(z.string(), z.number().int().nonnegative()),
});

/**
 * Tells an origin's counters to whoever may open the socket, one JSON line a request:
 * `{"do":"counts","after":null}`, and from then on with the mark of the last answer. What a dead origin left at the
 * path is replaced, so make sure first that none lives, e.g. by listening on its addresses.
 */
export function openCountsSocket(
  path: string,
  report: (after: CountsMark | null) => CountsReport,
): Promise<Server> {
  rmSync(path, { force: true });
  return openJsonSocket(path, (message) => {
    const asked = question.safeParse(message);
    return asked.success ? report(asked.data.after) : { error: 'expected {"do":"counts","after":null}' };
  });
}

/** Null when the origin does not answer sensibly. */
export async function askCounts(path: string, after: CountsMark | null): Promise<CountsReport | null> {
  const reply = answer.safeParse(await askJson(path, { do: 'counts', after }, LIMITS));
  return reply.success ? reply.data : null;
}
