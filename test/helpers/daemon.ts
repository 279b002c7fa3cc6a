import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { encode } from 'dns-packet';
import { findProgram } from './program.js';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const ATTEMPT_MS = 100;

/** A server program that runs in the foreground as a child process. */
export class Daemon {
  readonly #child: ChildProcess;
  #output = '';

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(findProgram(program) ?? program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    this.#child.on('error', (error) => {
      this.#output += error.message;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  async stop(timeoutMs = STOP_TIMEOUT_MS): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    await ended;
    clearTimeout(timer);
  }

  /** Resolves once there is any reply over UDP to a query for the name. */
  async waitForReply(address: string, port: number, name: string): Promise<void> {
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    const query = encode({ id: 1, type: 'query', flags: 0, questions: [{ name, type: 'SOA' }] });
    const deadline = Date.now() + START_TIMEOUT_MS;
    let isReplied = false;
    socket.once('message', () => {
      isReplied = true;
    });
    try {
      while (!isReplied) {
        if (this.hasEnded) throw new Error(`the server has ended: ${this.#output}`);
        if (Date.now() > deadline) throw new Error(`the server does not answer: ${this.#output}`);
        socket.send(query, port, address);
        await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS));
      }
    } finally {
      socket.close();
    }
  }
}

/** A port of 127.0.0.1 that is free over TCP and, as far as one can know, stays so. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
