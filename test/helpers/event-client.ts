import { get, type IncomingMessage } from 'node:http';
import { type ReadEvent, readEvents } from '../../src/cli/event-reader.js';

/** A client of an event stream that keeps what it has read. */
export class EventClient {
  readonly response: IncomingMessage;
  readonly events: ReadEvent[] = [];
  /** Resolves when the stream has ended, however it did. */
  readonly ended: Promise<void>;

  private constructor(response: IncomingMessage, isReading: boolean) {
    this.response = response;
    if (isReading) this.ended = this.#read();
    else {
      response.on('error', () => {});
      this.ended = new Promise((resolve) => response.once('close', resolve));
    }
  }

  /** `isReading` false: it leaves everything in the kernel's buffers. */
  static open(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    isReading = true,
  ): Promise<EventClient> {
    return new Promise((resolve, reject) => {
      get(`${url}/api/v1/events`, { headers, agent: false }, (response) =>
        resolve(new EventClient(response, isReading)),
      ).on('error', reject);
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** The ids of the events that have one. */
  get lastId(): string | null {
    return this.events.findLast(({ id }) => id !== null)?.id ?? null;
  }

  of(type: string): readonly unknown[] {
    return this.events.filter((event) => event.type === type).map(({ data }) => JSON.parse(data) as unknown);
  }

  close(): void {
    this.response.destroy();
  }

  async #read(): Promise<void> {
    try {
      for await (const event of readEvents(this.response)) this.events.push(event);
    } catch {
      // It was cut, or closed by us.
    }
  }
}
