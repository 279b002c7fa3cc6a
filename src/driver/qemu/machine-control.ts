import { z } from 'zod';
import { QmpClient } from './qmp-client.js';

const TIMEOUT_MS = 1_000;

const status = z.object({ status: z.string() });

/** What QEMU says of a machine: `running`, `paused`, `internal-error`, ...; `null` when it does not answer. */
export async function queryStatus(qmp: string): Promise<string | null> {
  const reply = status.safeParse(await say(qmp, 'query-status'));
  return reply.success ? reply.data.status : null;
}

/** Whether QEMU is there and listens. */
export async function answers(qmp: string): Promise<boolean> {
  return (await queryStatus(qmp)) !== null;
}

/** Has the machine switched off at once; whether it is gone shows in the process table alone. */
export async function quit(qmp: string): Promise<void> {
  await say(qmp, 'quit');
}

async function say(qmp: string, command: string): Promise<unknown> {
  let client: QmpClient | undefined;
  try {
    client = await QmpClient.open(qmp, TIMEOUT_MS);
    return await client.execute(command);
  } catch {
    // No socket, nobody behind it, or gone in the middle: no answer.
    return null;
  } finally {
    client?.close();
  }
}
