import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import type { QueryHandler } from './query-handler.js';
import type { Statistics } from './statistics.js';
import { TcpConnection } from './tcp-connection.js';

/** RFC 7766 section 6.2: how long and how many. */
export interface TcpLimits {
  /** Milliseconds without a complete query after which a connection is closed. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerSource: number;
}

/** A query that was sent when the last answer came is here by then. */
const DRAIN_QUIET_MS = 300;
const DRAIN_LOOK_MS = 25;
const DRAIN_MAX_MS = 1_000;
/** Looked at so many times per idle time-out. */
const SWEEPS_PER_TIMEOUT = 10;

/** Answers TCP messages at one address. Where there are too many connections, the one that is idle longest gives way. */
export class TcpListener {
  readonly #server: Server;
  readonly #isIpv4: boolean;
  readonly #handler: QueryHandler;
  readonly #statistics: Statistics;
  readonly #limits: TcpLimits;
  readonly #clock: Clock;
  /** By the time of the last complete query (of the connection's begin before that), oldest first. */
  readonly #lastQuery = new Map<TcpConnection, number>();
  readonly #perSource = new Map<string, number>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(
    isIpv4: boolean,
    handler: QueryHandler,
    statistics: Statistics,
    limits: TcpLimits,
    clock: Clock,
  ) {
    this.#isIpv4 = isIpv4;
    this.#handler = handler;
    this.#statistics = statistics;
    this.#limits = limits;
    this.#clock = clock;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#sweeper = setInterval(() => this.#sweep(), limits.idleTimeoutMs / SWEEPS_PER_TIMEOUT);
  }

  /** `fd`: a socket that listens already. Resolves with the port; rejects where the address cannot be had. */
  async listen(address: string, port: number, fd: number | null): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      const where = fd === null ? { host: address, port, ipv6Only: !this.#isIpv4 } : { fd };
      this.#server.listen({ ...where, exclusive: true }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    // From here on an error is a connection that could not be accepted, for want of a file descriptor.
    this.#server.on('error', () => this.#statistics.countDrop('overload'));
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : port;
  }

  /** Takes no new connection; ends each when nothing has been asked on it for a moment, and what is left after a while. */
  async drain(): Promise<void> {
    this.#server.close();
    const deadline = this.#clock.now() + DRAIN_MAX_MS;
    while (this.#lastQuery.size > 0 && this.#clock.now() < deadline) {
      const quietSince = this.#clock.now() - DRAIN_QUIET_MS;
      for (const [connection, lastQuery] of this.#lastQuery) if (lastQuery <= quietSince) connection.end();
      await setTimeout(DRAIN_LOOK_MS);
    }
    this.close();
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#server.close();
    for (const connection of this.#lastQuery.keys()) connection.destroy();
  }

  #accept(socket: Socket): void {
    const connection = new TcpConnection(socket, this.#handler, this.#isIpv4, (active) => {
      this.#lastQuery.delete(active);
      this.#lastQuery.set(active, this.#clock.now());
    });
    const { source } = connection;
    const { maxConnections, maxConnectionsPerSource } = this.#limits;
    if ((this.#perSource.get(source) ?? 0) >= maxConnectionsPerSource)
      this.#evict((other) => other.source === source);
    else if (this.#lastQuery.size >= maxConnections) this.#evict(() => true);
    this.#lastQuery.set(connection, this.#clock.now());
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1);
    this.#statistics.tcpConnections += 1;
    socket.once('close', () => this.#forget(connection));
  }

  #evict(matches: (connection: TcpConnection) => boolean): void {
    for (const connection of this.#lastQuery.keys()) {
      if (!matches(connection)) continue;
      this.#forget(connection);
      connection.destroy();
      return;
    }
  }

  #forget(connection: TcpConnection): void {
    if (!this.#lastQuery.delete(connection)) return;
    const left = (this.#perSource.get(connection.source) ?? 1) - 1;
    if (left === 0) this.#perSource.delete(connection.source);
    else this.#perSource.set(connection.source, left);
    this.#statistics.tcpConnections -= 1;
  }

  /** An octet now and then does not keep a connection: only a complete query does. */
  #sweep(): void {
    const deadline = this.#clock.now() - this.#limits.idleTimeoutMs;
    for (const [connection, lastQuery] of this.#lastQuery) {
      if (lastQuery > deadline) return;
      connection.destroy();
    }
  }
}
