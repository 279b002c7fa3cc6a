import type { Socket } from 'node:net';
import type { HttpLimits } from './http-limits.js';

/** One client's connection. Times are monotonic milliseconds. */
interface Connection {
  readonly openedAt: number;
  requests: number;
  /** Requests that are being answered. */
  busy: number;
  idleSince: number;
  /** More bytes than this and a request is on its way. */
  bytesReadWhenIdle: number;
}

/** The open connections of a server, oldest first: who may stay, and who has to go. */
export class Connections {
  readonly #limits: HttpLimits;
  readonly #now: () => number;
  readonly #open = new Map<Socket, Connection>();

  constructor(limits: HttpLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes a new connection in; when there are too many, the oldest one that is not being answered gives way. */
  add(socket: Socket): void {
    if (this.#open.size >= this.#limits.maxConnections && !this.#evictOne()) {
      socket.destroy();
      return;
    }
    const now = this.#now();
    this.#open.set(socket, { openedAt: now, requests: 0, busy: 0, idleSince: now, bytesReadWhenIdle: 0 });
    socket.once('close', () => this.#open.delete(socket));
  }

  /** A request has come; tells whether the connection may live on after the answer. */
  startRequest(socket: Socket): boolean {
    const connection = this.#open.get(socket);
    if (connection === undefined) return false;
    connection.requests += 1;
    connection.busy += 1;
    return (
      connection.requests < this.#limits.maxRequestsPerConnection &&
      this.#now() - connection.openedAt < this.#limits.maxConnectionAgeMs
    );
  }

  endRequest(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.busy -= 1;
    connection.idleSince = this.#now();
    connection.bytesReadWhenIdle = socket.bytesRead;
  }

  /** Closes those that have asked for nothing in a while; `newMs`: those that have not asked for anything yet. */
  closeIdle(idleMs: number, newMs = idleMs): void {
    const now = this.#now();
    for (const [socket, connection] of this.#open) {
      const quiet = connection.busy === 0 && socket.bytesRead === connection.bytesReadWhenIdle;
      if (quiet && now - connection.idleSince >= (connection.requests === 0 ? newMs : idleMs))
        socket.destroySoon();
    }
  }

  #evictOne(): boolean {
    for (const [socket, connection] of this.#open) {
      if (connection.busy > 0) continue;
      // The close event comes later, and the place is needed now.
      this.#open.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
}
