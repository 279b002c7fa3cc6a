import { connect, type Socket } from 'node:net';
import { z } from 'zod';

/** QEMU said no. `class` is its own, e.g. `CommandNotFound`. */
export class QmpError extends Error {
  readonly class: string;

  constructor({ class: kind, desc }: { readonly class: string; readonly desc: string }) {
    super(desc);
    this.name = 'QmpError';
    this.class = kind;
  }
}

const message = z.object({
  QMP: z.unknown().optional(),
  return: z.unknown().optional(),
  error: z.object({ class: z.string(), desc: z.string() }).optional(),
  event: z.string().optional(),
});
type Message = z.output<typeof message>;

const MAX_LINE_BYTES = 65_536;

/**
 * A talk with QEMU's machine protocol (qemu.org, "QMP specification"): one JSON object a line, a greeting first. QEMU
 * talks to one client at a time, so it should be short.
 */
export class QmpClient {
  readonly #socket: Socket;
  readonly #waiting: { resolve(value: Message): void; reject(error: Error): void }[] = [];
  readonly #messages: Message[] = [];
  #pending = '';
  #ended = false;

  private constructor(path: string, timeoutMs: number) {
    this.#socket = connect(path);
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (chunk: string) => this.#take(chunk));
    const timer = setTimeout(() => this.#socket.destroy(new Error('no answer in time')), timeoutMs);
    let cause: Error | undefined;
    this.#socket.on('error', (error) => {
      cause = error;
    });
    this.#socket.on('close', () => {
      clearTimeout(timer);
      this.#ended = true;
      for (const { reject } of this.#waiting.splice(0)) reject(cause ?? new Error('QEMU has hung up'));
    });
  }

  /** Connects and agrees on the protocol; everything said with it has to be over in `timeoutMs`. Rejects if nobody answers. */
  static async open(path: string, timeoutMs: number): Promise<QmpClient> {
    const client = new QmpClient(path, timeoutMs);
    try {
      const greeting = await client.#next();
      if (greeting.QMP === undefined) throw new Error('this is no QEMU');
      await client.execute('qmp_capabilities');
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** @throws QmpError */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (!this.#ended) this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    for (;;) {
      const reply = await this.#next();
      if (reply.error !== undefined) throw new QmpError(reply.error);
      // Events come whenever they happen, also between a command and its reply.
      if (reply.event === undefined) return reply.return;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(): Promise<Message> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#ended) return Promise.reject(new Error('QEMU has hung up'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #take(chunk: string): void {
    const lines = (this.#pending + chunk).split('\n');
    this.#pending = lines.pop() ?? '';
    if (this.#pending.length > MAX_LINE_BYTES) this.#socket.destroy(new Error('a line without end'));
    for (const line of lines) {
      const parsed = message.safeParse(parse(line));
      if (!parsed.success) this.#socket.destroy(new Error('this is no QEMU'));
      else {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#messages.push(parsed.data);
        else waiting.resolve(parsed.data);
      }
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
