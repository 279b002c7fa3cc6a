import type { IncomingMessage } from 'node:http';
import type { AdminActions } from './actions.js';
import { readJson } from './body.js';
import type { Command } from './commands.js';
import { errorReply, type Reply } from './reply.js';
import { hasToken } from './token.js';

/** Who may have what done; a server without it only shows. */
export interface AdminWrites {
  readonly actions: AdminActions;
  readonly token: string;
  /** Where an operator finds the token, e.g. the file's path. */
  readonly tokenAt: string;
}

/** Has a command done for whoever has the token. */
export async function answerOrder(
  writes: AdminWrites | null,
  command: Command,
  request: IncomingMessage,
): Promise<Reply> {
  if (writes === null)
    return errorReply(403, 'this server only shows', 'a daemon of "hotzone serve" takes orders');
  const { authorization } = request.headers;
  if (!hasToken(authorization, writes.token)) {
    const message =
      authorization === undefined ? 'orders need the admin token' : 'that is not the admin token';
    return errorReply(
      401,
      message,
      `send "Authorization: Bearer TOKEN"; the token is in ${writes.tokenAt} on the daemon's host`,
      { 'www-authenticate': 'Bearer realm="hotzone"' },
    );
  }
  const body = await readJson(request);
  if (!body.ok) return body.reply;
  return command(writes.actions, body.value, askerOf(request));
}

/** e.g. `127.0.0.1:40312 (admin token)`. */
function askerOf({ socket }: IncomingMessage): string {
  const { remoteAddress = 'unknown', remotePort = 0 } = socket;
  const address = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${address}:${remotePort} (admin token)`;
}
