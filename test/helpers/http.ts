import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Ask {
  readonly port: number;
  readonly address?: string;
  readonly host?: string;
  readonly target?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** One request with exactly these header fields, on a connection of its own unless an agent is given. */
export function ask(options: Ask): Promise<Answer> {
  const { port, address = '127.0.0.1', host, target = '/', method = 'GET', agent } = options;
  const headers = { ...(host === undefined ? {} : { host }), ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { port, host: address, path: target, method, headers, setHost: false, agent: agent ?? new Agent() },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** A connection that collects whatever comes back. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  readonly closed: Promise<void>;
  #changed: () => void = () => {};

  constructor(port: number, address = '127.0.0.1') {
    this.socket = connect(port, address);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk: string) => {
      this.received += chunk;
      this.#changed();
    });
    // A reset is one way of being closed.
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        resolve();
        this.#changed();
      });
    });
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Resolves once what was received matches; rejects if the connection closes before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.closed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.received;
  }

  count(text: string): number {
    return this.received.split(text).length - 1;
  }
}
