import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv4, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { QueryBatch } from '../../../src/load/batch.js';
import { type DnsServer, type DnsServerOptions, startDnsServer } from '../../../src/server/dns/dns-server.js';
import type { ListenAddress } from '../../../src/server/dns/listen.js';
import { APEX, DOMAIN, pageOf, recordsOf } from '../../dns/ask.js';

const ANSWER_TIMEOUT_MS = 5_000;

export interface Harness {
  readonly server: DnsServer;
  readonly batches: QueryBatch[];
  /** Resolves with the next batch. */
  nextBatch(): Promise<QueryBatch>;
}

/** A server on 127.0.0.1 and ::1 with the page `page.example.com`, closed when the test ends. */
export async function startServer(t: TestContext, options: Partial<DnsServerOptions> = {}): Promise<Harness> {
  const batches: QueryBatch[] = [];
  let waiting: ((batch: QueryBatch) => void)[] = [];
  const server = await startDnsServer({
    listen: [
      { address: '127.0.0.1', port: 0 },
      { address: '::1', port: 0 },
    ],
    domain: DOMAIN,
    records: recordsOf(APEX),
    originAddresses: ['192.0.2.80'],
    onBatch: (batch) => {
      batches.push(batch);
      for (const resolve of waiting) resolve(batch);
      waiting = [];
    },
    batchIntervalMs: 20,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
  t.after(() => server.close());
  await server.publish({ serial: 2, pages: [pageOf({})], removed: [] });
  const nextBatch = (): Promise<QueryBatch> => new Promise((resolve) => waiting.push(resolve));
  return { server, batches, nextBatch };
}

export function addressOf(harness: Harness, index = 0): ListenAddress {
  const address = harness.server.addresses[index];
  if (address === undefined) throw new Error(`no address ${index}`);
  return address;
}

/** A UDP client that sends messages and hands out replies in the order in which they come. */
export async function openUdp(t: TestContext, to: ListenAddress): Promise<UdpClient> {
  const socket = createSocket(isIPv4(to.address) ? 'udp4' : 'udp6');
  socket.connect(to.port, to.address);
  await once(socket, 'connect');
  t.after(() => socket.close());
  return new UdpClient(socket);
}

export class UdpClient {
  readonly #socket: UdpSocket;
  readonly #replies: Buffer[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: UdpSocket) {
    this.#socket = socket;
    socket.on('message', (reply) => {
      this.#replies.push(reply);
      this.#wake();
    });
  }

  send(message: Uint8Array): void {
    this.#socket.send(message);
  }

  async receive(): Promise<Buffer> {
    const reply = await nextOf(this.#replies, (wake) => {
      this.#wake = wake;
    });
    return reply;
  }

  ask(message: Uint8Array): Promise<Buffer> {
    this.send(message);
    return this.receive();
  }
}

/** A TCP client: frames out, frames in. */
export class TcpClient {
  readonly socket: Socket;
  readonly #replies: Buffer[] = [];
  #received: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      while (this.#received.length >= 2 && this.#received.length >= 2 + this.#received.readUInt16BE(0)) {
        const end = 2 + this.#received.readUInt16BE(0);
        this.#replies.push(this.#received.subarray(2, end));
        this.#received = this.#received.subarray(end);
      }
      this.#wake();
    });
  }

  receive(): Promise<Buffer> {
    return nextOf(this.#replies, (wake) => {
      this.#wake = wake;
    });
  }

  ask(message: Uint8Array): Promise<Buffer> {
    this.socket.write(frame(message));
    return this.receive();
  }

  /** Resolves once the server has closed the connection. */
  async closed(): Promise<void> {
    if (!this.socket.destroyed)
      await once(this.socket, 'close', { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  }
}

export async function openTcp(t: TestContext, to: ListenAddress, localAddress?: string): Promise<TcpClient> {
  const socket = connect({
    host: to.address,
    port: to.port,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return new TcpClient(socket);
}

export function frame(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

async function nextOf(replies: Buffer[], onWake: (wake: () => void) => void): Promise<Buffer> {
  const ready = replies.shift();
  if (ready !== undefined) return ready;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no reply')), ANSWER_TIMEOUT_MS);
    onWake(() => {
      const reply = replies.shift();
      if (reply === undefined) return;
      clearTimeout(timer);
      resolve(reply);
    });
  });
}
