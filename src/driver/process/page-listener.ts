import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { systemClock } from '../../clock.js';
import { type PageResponse, plainResponse } from '../../site/plain-response.js';
import type { PageRequest } from '../../site/respond.js';
import { ListenError } from '../listen-error.js';
import { Connections } from './connections.js';
import type { HttpLimits } from './http-limits.js';

/** The HTTP/1.1 end that the origin and the page server have in common: everything but which page it is. */
export interface PageListener {
  /** Bytes of response bodies. */
  readonly bytes: number;
  readonly openConnections: number;
  /** `fd`: a socket that listens there already. @throws ListenError */
  listen(address: string, port: number, fd?: number | null): Promise<AddressInfo>;
  /** From now on every answer ends its connection, and idle connections are closed. It goes on answering. */
  drain(): void;
  /** Stops listening, lets answers finish for so long, and then ends what is left. */
  close(graceMs: number): Promise<void>;
}

/** Nobody asks a second time on a new connection: its request is waited for when a server closes. */
const FIRST_REQUEST_MS = 300;

export function createPageListener(
  answer: (request: PageRequest) => PageResponse,
  limits: HttpLimits,
): PageListener {
  const connections = new Connections(limits, systemClock.now);
  let bytes = 0;
  let draining: NodeJS.Timeout | undefined;

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const mayStay = connections.startRequest(request.socket);
    response.once('close', () => connections.endRequest(request.socket));
    const page = isAmbiguous(request)
      ? plainResponse(request.method ?? '', 400)
      : answer({ method: request.method ?? '', target: request.url ?? '', headers: request.headers });
    const closes = draining !== undefined || !mayStay || isTooLarge(request, limits);
    const lines = closes ? [...page.headers, ['Connection', 'close'] as const] : page.headers;
    response.writeHead(page.status, lines.flat());
    bytes += page.body.length;
    // Bytes go out as they are, without a copy; text would be joined with the header.
    response.end(page.body.length === 0 ? undefined : page.body);
  };

  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: limits.sweepMs,
    },
    handle,
  );
  server.timeout = limits.stallTimeoutMs;
  server.on('connection', (socket) => connections.add(socket));
  // Answered at once: a body that nobody reads need not be invited (RFC 9110 section 10.1.1).
  server.on('checkContinue', handle);

  return {
    get bytes() {
      return bytes;
    },
    get openConnections() {
      return connections.size;
    },
    listen: (address, port, fd = null) => listen(server, address, port, fd),
    drain() {
      draining ??= setInterval(() => connections.closeIdle(limits.drainIdleMs), limits.sweepMs).unref();
    },
    close(graceMs) {
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        draining ??= setInterval(() => connections.closeIdle(0, FIRST_REQUEST_MS), limits.sweepMs).unref();
        // The http server's own close() takes a response for finished whose bytes are not all sent, and cuts it off.
        NetServer.prototype.close.call(server, () => {
          clearTimeout(cut);
          clearInterval(draining);
          server.close();
          resolve();
        });
        connections.closeIdle(0, FIRST_REQUEST_MS);
      });
    },
  };
}

function listen(server: Server, address: string, port: number, fd: number | null): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(new ListenError(error, address, port));
    server.once('error', fail);
    // ipv6Only: without it [::] takes the IPv4 port too, and a second socket for 0.0.0.0 fails.
    server.listen(fd === null ? { host: address, port, ipv6Only: true } : { fd }, () => {
      server.off('error', fail);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** RFC 9112 section 3.2: more than one Host field is to be answered 400, and node:http keeps quiet about the second. */
function isAmbiguous(request: IncomingMessage): boolean {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
  return names.filter((name) => name.toLowerCase() === 'host').length > 1;
}

function isTooLarge(request: IncomingMessage, limits: HttpLimits): boolean {
  if (request.headers['transfer-encoding'] !== undefined) return true;
  return Number(request.headers['content-length'] ?? 0) > limits.maxBodyBytes;
}
