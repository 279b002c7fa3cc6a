import { request } from 'undici';
import { z } from 'zod';
import type { ReplicaCounters } from '../driver.js';

/** Where the kernel listens, and what it wants to be shown. */
interface KernelControl {
  readonly address: string;
  readonly port: number;
  /** Empty: the machine runs an image of its own, and takes no such requests. */
  readonly token: string;
}

const TIMEOUT_MS = 1_000;
const MAX_REPLY_BYTES = 4_096;
const COUNTERS_PATH = '/.hotzone/counters';
const DRAIN_PATH = '/.hotzone/drain';

const counters = z.object({
  requests: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  openConnections: z.number().int().nonnegative(),
  uptime: z.number().nonnegative(),
});

/** The kernel's counters, or `null` when it does not answer sensibly. */
export async function askCounters(control: KernelControl): Promise<ReplicaCounters | null> {
  const reply = counters.safeParse(await tell(control, 'GET', COUNTERS_PATH));
  return reply.success ? reply.data : null;
}

export async function askDrain(control: KernelControl): Promise<void> {
  await tell(control, 'POST', DRAIN_PATH);
}

async function tell(
  { address, port, token }: KernelControl,
  method: 'GET' | 'POST',
  path: string,
): Promise<unknown> {
  if (token === '') return null;
  const authority = address.includes(':') ? `[${address}]` : address;
  try {
    const response = await request(`http://${authority}:${port}${path}`, {
      method,
      headers: { 'x-hotzone-token': token, connection: 'close' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await response.body.text();
    return response.statusCode === 200 && body.length <= MAX_REPLY_BYTES ? JSON.parse(body) : null;
  } catch {
    // Not there, not yet, or not any more: no answer.
    return null;
  }
}
