import { z } from 'zod';
import type { ReplicaCounters } from '../driver.js';
import type { ControlCommand } from './control-socket.js';
import { askJson } from './json-socket.js';

const LIMITS = { timeoutMs: 1_000, maxReplyBytes: 4_096 } as const;

const counters = z.object({
  requests: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  openConnections: z.number().int().nonnegative(),
  uptime: z.number().nonnegative(),
});

/** The replica's counters, or `null` when it does not answer sensibly. */
export async function askCounters(path: string): Promise<ReplicaCounters | null> {
  const reply = counters.safeParse(await ask(path, 'counters'));
  return reply.success ? reply.data : null;
}

/** The reply to one command; `undefined` when none came in time. */
export function ask(path: string, command: ControlCommand): Promise<unknown> {
  return askJson(path, { do: command }, LIMITS);
}
