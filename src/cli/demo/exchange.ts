import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type DecodedPacket, decode, encode, type Packet, RECURSION_DESIRED } from 'dns-packet';
import type { Random } from './zipf.js';

/** Where the name server listens. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** Flag Day 2020: what fits through every path without fragments. */
const UDP_PAYLOAD_SIZE = 1_232;
const LENGTH_PREFIX = 2;
const MAX_ID = 0xffff;

/** Questions about addresses from one source address, over UDP and TCP. An exchange that timed out gives `null`. */
export class Exchange {
  readonly #socket: Socket;
  readonly #source: string;
  readonly #server: ServerAddress;
  readonly #timeoutMs: number;
  readonly #random: Random;
  readonly #waiting = new Map<
    number,
    { readonly host: string; readonly settle: (reply: DecodedPacket) => void }
  >();

  /** Binds a socket to the source address. */
  static async open(
    source: string,
    server: ServerAddress,
    timeoutMs: number,
    random: Random,
  ): Promise<Exchange> {
    const socket = createSocket('udp4');
    socket.bind(0, source);
    await once(socket, 'listening');
    socket.connect(server.port, server.address);
    await once(socket, 'connect');
    return new Exchange(socket, source, server, timeoutMs, random);
  }

  private constructor(
    socket: Socket,
    source: string,
    server: ServerAddress,
    timeoutMs: number,
    random: Random,
  ) {
    this.#socket = socket;
    this.#source = source;
    this.#server = server;
    this.#timeoutMs = timeoutMs;
    this.#random = random;
    socket.on('message', (message) => this.#receive(message));
    // A connected socket is told of a closed port (udp(7), ECONNREFUSED); the query then times out like any lost one.
    socket.on('error', () => undefined);
  }

  askOverUdp(host: string): Promise<DecodedPacket | null> {
    const id = this.#freeId();
    return new Promise((resolve) => {
      const settle = (reply: DecodedPacket | null) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(reply);
      };
      const timer = setTimeout(settle, this.#timeoutMs, null);
      this.#waiting.set(id, { host, settle });
      this.#socket.send(encode(question(id, host)), () => undefined);
    });
  }

  askOverTcp(host: string): Promise<DecodedPacket | null> {
    const id = this.#freeId();
    const query = encode(question(id, host));
    const prefix = Buffer.alloc(LENGTH_PREFIX);
    prefix.writeUInt16BE(query.length);
    return new Promise((resolve) => {
      const socket = connect({
        host: this.#server.address,
        port: this.#server.port,
        localAddress: this.#source,
        noDelay: true,
      });
      const settle = (reply: DecodedPacket | null) => {
        clearTimeout(timer);
        socket.destroy();
        resolve(reply);
      };
      const timer = setTimeout(settle, this.#timeoutMs, null);
      let received = Buffer.alloc(0);
      socket.on('error', () => settle(null));
      socket.on('close', () => settle(null));
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        if (received.length < LENGTH_PREFIX) return;
        const length = received.readUInt16BE(0);
        if (received.length < LENGTH_PREFIX + length) return;
        const reply = read(received.subarray(LENGTH_PREFIX, LENGTH_PREFIX + length));
        settle(reply !== null && answers(reply, id, host) ? reply : null);
      });
      socket.write(Buffer.concat([prefix, query]));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: Buffer): void {
    const reply = read(message);
    const waiting = reply === null ? undefined : this.#waiting.get(reply.id ?? -1);
    // RFC 5452 section 9.1: what does not match the question in every part is no answer to it.
    if (reply !== null && waiting !== undefined && answers(reply, reply.id ?? -1, waiting.host))
      waiting.settle(reply);
  }

  #freeId(): number {
    for (;;) {
      const id = Math.floor(this.#random() * (MAX_ID + 1));
      if (!this.#waiting.has(id)) return id;
    }
  }
}

function question(id: number, host: string): Packet {
  return {
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type: 'A', class: 'IN', name: host }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_PAYLOAD_SIZE,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  };
}

function read(message: Buffer): DecodedPacket | null {
  try {
    return decode(message);
  } catch {
    return null;
  }
}

function answers(reply: DecodedPacket, id: number, host: string): boolean {
  const asked = reply.questions?.[0];
  return (
    reply.id === id &&
    reply.type === 'response' &&
    asked?.type === 'A' &&
    asked.name.toLowerCase() === host.toLowerCase()
  );
}
