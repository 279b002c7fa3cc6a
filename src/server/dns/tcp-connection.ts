import type { Socket } from 'node:net';
import { MAX_TCP_PAYLOAD } from '../../dns/answer.js';
import type { Origin, QueryHandler } from './query-handler.js';

const LENGTH_OCTETS = 2;
/** No query that we answer is nearly as long, so a longer one is not waited for. */
const MAX_QUERY_OCTETS = 4_096;

/** Replies are made here and copied out before the next one. Nothing in it outlives one turn of the event loop. */
const scratch = Buffer.allocUnsafe(LENGTH_OCTETS + MAX_TCP_PAYLOAD);

/** One client's connection: messages with a length of two octets before each (RFC 1035 section 4.2.2), pipelined. */
export class TcpConnection {
  readonly source: string;
  readonly #socket: Socket;
  readonly #handler: QueryHandler;
  readonly #origin: Origin;
  readonly #onQuery: (connection: TcpConnection) => void;
  #received: Buffer = Buffer.alloc(0);
  /** The client does not read its replies as fast as it asks: the rest of its queries waits. */
  #isBlocked = false;

  /** `onQuery` is called after every complete query. */
  constructor(
    socket: Socket,
    handler: QueryHandler,
    isIpv4: boolean,
    onQuery: (connection: TcpConnection) => void,
  ) {
    this.source = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#handler = handler;
    this.#origin = { isUdp: false, isIpv4 };
    this.#onQuery = onQuery;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#answer();
    });
    socket.on('drain', () => {
      this.#isBlocked = false;
      this.#answer();
      if (!this.#isBlocked) socket.resume();
    });
    // A reset is the client's way of saying goodbye; 'close' follows.
    socket.on('error', () => undefined);
  }

  /** Says goodbye after the last answer. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Answers every complete query that has been received, for as long as the client takes the replies. */
  #answer(): void {
    let at = 0;
    this.#socket.cork();
    while (!this.#isBlocked && !this.#socket.destroyed && this.#received.length - at >= LENGTH_OCTETS) {
      const length = this.#received.readUInt16BE(at);
      if (length > MAX_QUERY_OCTETS) {
        this.#socket.destroy();
        return;
      }
      const start = at + LENGTH_OCTETS;
      if (this.#received.length < start + length) break;
      at = start + length;
      this.#onQuery(this);
      this.#reply(this.#received.subarray(start, at));
    }
    this.#socket.uncork();
    this.#received = this.#received.subarray(at);
  }

  #reply(query: Buffer): void {
    const reply = scratch.subarray(LENGTH_OCTETS);
    const length = this.#handler.handle(query, reply, this.#origin, this.source);
    if (length === 0) return;
    scratch.writeUInt16BE(length, 0);
    if (!this.#socket.write(Buffer.from(scratch.subarray(0, LENGTH_OCTETS + length)))) {
      this.#isBlocked = true;
      this.#socket.pause();
    }
  }
}
