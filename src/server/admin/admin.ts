import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatProblem } from '../../problem.js';
import { readAssets } from './assets.js';
import { COMMANDS } from './commands.js';
import type { EventHub } from './event-hub.js';
import { refusal } from './guard.js';
import { type AdminWrites, answerOrder } from './order.js';
import { errorReply, type Reply } from './reply.js';
import { type Router, router } from './router.js';
import type { AdminSource } from './source.js';

export interface AdminOptions {
  /** Port 0 takes any that is free. */
  readonly listen: { readonly address: string; readonly port: number; readonly fd?: number | null };
  readonly source: AdminSource;
  /** What happens, for those who listen; left out: nobody can. */
  readonly events?: EventHub;
  /** Left out: whoever asks, it only shows. */
  readonly writes?: AdminWrites;
  /** Told of a bug that kept a request from being answered; the client gets a 500. */
  readonly onError?: (error: unknown) => void;
}

export interface Admin {
  /** e.g. `http://127.0.0.1:9153`. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends the connections that are open. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
} as const;
/** Also ends a client that reads nothing of its answer. */
const IDLE_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 100;

export const EVENTS_PATH = '/api/v1/events';

/** For what is not a page: a browser is to take it for what it says it is and run nothing. */
const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * The status page, the JSON API and the metrics, for people and programs on this host. Whoever has the token may give
 * orders; everybody else sees, and changes nothing.
 * Rejects with a message for the operator when the address cannot be had.
 */
export async function startAdmin(options: AdminOptions): Promise<Admin> {
  const { address, port, fd = null } = options.listen;
  const reading = router(options.source, readAssets());
  const server = createServer(
    LIMITS,
    (request, response) => void answer(options, reading, request, response),
  );
  server.timeout = IDLE_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(fd === null ? { host: address, port, exclusive: true } : { fd, exclusive: true });
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new Error(listenProblem(address, port, error), { cause: error });
  });
  // From here on an error is one of a single connection, such as too many open files.
  server.on('error', (error) => options.onError?.(error));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}`,
    port: bound,
    close: () => {
      options.events?.close();
      return close(server);
    },
  };
}

async function answer(
  options: AdminOptions,
  reading: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = await replyTo(options, reading, request, response);
  // It has become a stream.
  if (reply === null) return;
  const body = Buffer.from(reply.body);
  // What is left of a body that came with the request is nobody's business, and is not waited for.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)
    response.shouldKeepAlive = false;
  response.writeHead(reply.status, {
    ...COMMON_HEADERS,
    'content-type': reply.type,
    'content-length': body.length,
    ...reply.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Null: the response is a stream from here on. */
async function replyTo(
  options: AdminOptions,
  reading: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply | null> {
  const { method = '', url: target = '/', headers, socket } = request;
  const { host, origin } = headers;
  const refused = refusal({ host, origin, localAddress: socket.localAddress });
  if (refused !== undefined) return refused;
  try {
    const path = pathOf(target);
    const command = path !== null && Object.hasOwn(COMMANDS, path) ? COMMANDS[path] : undefined;
    if (command !== undefined)
      return method === 'POST'
        ? await answerOrder(options.writes ?? null, command, request)
        : wrongMethod(method, 'POST');
    if (method !== 'GET' && method !== 'HEAD') return wrongMethod(method, 'GET, HEAD');
    if (path === EVENTS_PATH && options.events !== undefined)
      return options.events.attach(request, response, lastIdOf(request), COMMON_HEADERS) ?? null;
    return await reading(target);
  } catch (error) {
    // The name server must outlive a bug in what only shows it.
    options.onError?.(error);
    return errorReply(500, 'the answer could not be made', 'the log of the daemon says why');
  }
}

/** As an EventSource that connects again sends it; or, for a first connection, in the query. */
function lastIdOf({ headers, url = '/' }: IncomingMessage): string | null {
  const header = headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return header;
  return new URL(url, 'http://admin').searchParams.get('after');
}

function pathOf(target: string): string | null {
  return URL.canParse(target, 'http://admin') ? new URL(target, 'http://admin').pathname : null;
}

function wrongMethod(method: string, allow: string): Reply {
  return errorReply(405, `${method} is not possible here`, `use ${allow.replace(', ', ' or ')}`, { allow });
}

function listenProblem(address: string, port: number, error: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    EADDRINUSE: ['the port is in use', 'is another hotzone running? Stop it, or choose another admin port'],
    EADDRNOTAVAIL: ['this host has no such address', 'use 127.0.0.1, or an address of this host'],
    EACCES: ['the port needs privileges', 'choose an admin port above 1023'],
  };
  const [message, hint] = reasons[error.code ?? ''] ?? [error.message, 'check the admin address'];
  return formatProblem({ where: `admin server on ${address} port ${port}`, message, hint });
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
