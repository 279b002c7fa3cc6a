import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type ReadEvent, readEvents } from '../event-reader.js';

/** What comes of listening: an event, or that the stream could not be had or has ended, after which it is tried again. */
export type Heard =
  | { readonly kind: 'event'; readonly event: ReadEvent }
  | { readonly kind: 'silence'; readonly why: string };

const CONNECT_TIMEOUT_MS = 2_000;
/** A daemon sends a comment every ten seconds; one that says nothing for so long is gone, or the way to it. */
const SILENCE_MS = 35_000;
const RETRY_MS = 1_000;

/** Listens to the daemon's events until `signal` ends it; where the stream breaks off it goes on from the last one. */
export async function* follow(url: string, signal: AbortSignal): AsyncGenerator<Heard> {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  let lastId: string | null = null;
  try {
    while (!signal.aborted) {
      try {
        const headers: Record<string, string> = lastId === null ? {} : { 'last-event-id': lastId };
        const target = new URL('/api/v1/events', url);
        const { statusCode, body } = await request(target, { dispatcher, headers, signal });
        if (statusCode !== 200) yield { kind: 'silence', why: await refusalOf(statusCode, body) };
        else {
          for await (const event of readEvents(body)) {
            lastId = event.id ?? lastId;
            yield { kind: 'event', event };
          }
          yield { kind: 'silence', why: 'the daemon has ended the stream' };
        }
      } catch (error) {
        if (signal.aborted) return;
        yield { kind: 'silence', why: `no hotzone daemon answers at ${url} (${(error as Error).message})` };
      }
      await setTimeout(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function refusalOf(status: number, body: { text(): Promise<string> }): Promise<string> {
  const text = await body.text();
  try {
    const { error } = JSON.parse(text) as { error: { message: string; hint: string } };
    return `${error.message}; ${error.hint}`;
  } catch {
    return `what answers there is no hotzone: status ${status}`;
  }
}
