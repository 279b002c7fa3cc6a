import type { IncomingMessage, ServerResponse } from 'node:http';
import { EventRing, frameOf } from './event-ring.js';
import { errorReply, type Reply } from './reply.js';

export interface EventHubOptions {
  /** Tells this daemon's events from another's; without a hyphen. */
  readonly epoch: string;
  /** Told of a client that was cut off because it did not read what it had asked for. */
  readonly onCut?: (client: string, waitingBytes: number) => void;
  readonly limits?: Partial<typeof EVENT_LIMITS>;
}

export const EVENT_LIMITS = {
  /** Of a hundred connections that the admin server lets in: the rest is for those who ask and go. */
  clients: 32,
  kept: 1_000,
  keptBytes: 512 * 1_024,
  /** More than all that is kept, so that a client that comes back can get it at once. */
  waitingBytes: 1_024 * 1_024,
  /** A client with so much unread gets no ticks, each of which is out of date with the next. */
  tickBytes: 64 * 1_024,
  /** Well within the idle time-outs of proxies and of the server itself. */
  heartbeatMs: 10_000,
  /** Heartbeats in a row at which a client had unread what it had unread before. */
  stuckBeats: 3,
  /** Reconnecting clients wait so long (HTML standard, section 9.2, `retry`). */
  retryMs: 2_000,
} as const;
/** For the last words to a slow client. */
const LAST_WORDS_MS = 2_000;

interface Client {
  readonly name: string;
  readonly response: ServerResponse;
  /** Heartbeats since all was read. */
  beats: number;
}

/** Sends what happens to everyone who listens: server-sent events (HTML standard, section 9.2), within bounds. */
export class EventHub {
  readonly #ring: EventRing;
  readonly #limits: { readonly [Name in keyof typeof EVENT_LIMITS]: number };
  readonly #onCut: (client: string, waitingBytes: number) => void;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;
  #isClosed = false;

  constructor({ epoch, onCut = () => {}, limits = {} }: EventHubOptions) {
    this.#limits = { ...EVENT_LIMITS, ...limits };
    this.#ring = new EventRing(epoch, this.#limits.kept, this.#limits.keptBytes);
    this.#onCut = onCut;
    this.#heartbeat = setInterval(() => this.#beat(), this.#limits.heartbeatMs).unref();
  }

  get listeners(): number {
    return this.#clients.size;
  }

  /** Something that happened: kept for those who come back. */
  publish(type: string, data: unknown): void {
    const frame = this.#ring.add(type, data);
    for (const client of this.#clients) this.#send(client, frame);
  }

  /** What is the case now, which the next one replaces: not kept, and not made when nobody listens. */
  show(type: string, data: () => unknown): void {
    if (this.#clients.size === 0) return;
    const frame = frameOf(type, data());
    for (const client of this.#clients) {
      if (client.response.writableLength <= this.#limits.tickBytes) this.#send(client, frame);
    }
  }

  /**
   * Takes the response for a stream that lasts until the client goes; or gives back why not. `lastId`: of the last event
   * that the client knows, null when it knows none. `headers` are those that every response has.
   */
  attach(
    request: IncomingMessage,
    response: ServerResponse,
    lastId: string | null,
    headers: Readonly<Record<string, string>>,
  ): Reply | undefined {
    if (this.#isClosed || this.#clients.size >= this.#limits.clients) {
      const message = `${this.#clients.size} clients listen to the events already, and no more may`;
      return errorReply(503, message, 'end one of them, or ask again later', { 'retry-after': '5' });
    }
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') {
      response.end();
      return undefined;
    }
    const { remoteAddress = 'unknown', remotePort = 0 } = request.socket;
    const client: Client = { name: `${remoteAddress} port ${remotePort}`, response, beats: 0 };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    // What goes wrong with a connection ends in its close.
    response.on('error', () => undefined);
    this.#send(client, `retry: ${this.#limits.retryMs}\n\n`);
    this.#greet(client, lastId);
    return undefined;
  }

  /** Ends every stream. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    for (const { response } of this.#clients) response.destroy();
  }

  #greet(client: Client, lastId: string | null): void {
    const missed = lastId === null ? null : this.#ring.after(lastId);
    if (missed !== null) {
      for (const frame of missed) this.#send(client, frame);
      return;
    }
    // One that knows nothing, or too little: it has to ask for everything once, and is told from where on it knows more.
    this.#send(client, frameOf('hello', { resumed: false }, this.#ring.lastId));
  }

  #send(client: Client, frame: string): void {
    const { response } = client;
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength + frame.length > this.#limits.waitingBytes) this.#cut(client);
    else response.write(frame);
  }

  #beat(): void {
    for (const client of this.#clients) {
      const isRead = client.response.writableLength === 0;
      client.beats = isRead ? 0 : client.beats + 1;
      if (client.beats >= this.#limits.stuckBeats) this.#cut(client);
      else if (isRead) this.#send(client, ': so that nobody takes the silence for an end\n\n');
    }
  }

  /** It gets to know why, if it reads that far in time. */
  #cut(client: Client): void {
    const { response, name } = client;
    this.#clients.delete(client);
    this.#onCut(name, response.writableLength);
    const why = 'this client reads more slowly than things happen';
    response.end(frameOf('cut', { why, hint: 'connect again, with the id of the last event' }));
    setTimeout(() => response.destroy(), LAST_WORDS_MS).unref();
  }
}
