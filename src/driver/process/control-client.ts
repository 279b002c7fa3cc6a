import { connect } from 'node:net';
import { z } from 'zod';
import type { ReplicaCounters } from '../driver.js';
import type { ControlCommand } from './control-socket.js';

const TIMEOUT_MS = 1_000;
const MAX_REPLY_BYTES = 4_096;

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
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(), TIMEOUT_MS);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify({ do: command })}\n`));
    socket.on('data', (chunk: string) => {
      reply += chunk;
      if (reply.includes('\n') || reply.length > MAX_REPLY_BYTES) socket.destroy();
    });
    // No socket, nobody behind it, or gone in the middle: no answer. The close event follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parse(reply));
    });
  });
}

function parse(reply: string): unknown {
  try {
    return JSON.parse(reply);
  } catch {
    return undefined;
  }
}
