import type { Heard, Stream } from './watch.js';

/** What `/api/v1/events` sends that has something to do with what is shown. */
const EVENTS = ['hello', 'tick', 'decided', 'replica', 'ordered', 'published', 'trouble'] as const;

export type EventName = (typeof EVENTS)[number];

/** What was not looked at yet gives way to what is more urgent. */
const URGENCY: readonly Heard[] = ['silent', 'opened', 'alive', 'news', 'failed'];

/**
 * The daemon's events over an EventSource (HTML standard, section 9.2). `take` gets each with its data and gives back
 * whether everything has to be asked for anew.
 */
export function openEventStream(address: string, take: (name: EventName, data: unknown) => boolean): Stream {
  const source = new EventSource(address);
  let pending: Heard = 'silent';
  let wake = (): void => {};
  const hear = (heard: Heard): void => {
    if (URGENCY.indexOf(heard) > URGENCY.indexOf(pending)) pending = heard;
    wake();
  };
  source.addEventListener('open', () => hear('opened'));
  for (const name of EVENTS)
    source.addEventListener(name, (event: MessageEvent<string>) =>
      hear(take(name, JSON.parse(event.data)) ? 'news' : 'alive'),
    );
  source.addEventListener('error', () => {
    // It would try again by itself, without a word about how that goes.
    source.close();
    hear('failed');
  });
  return {
    next: (patienceMs) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          wake = () => {};
          const heard = pending;
          // A failure is the last that comes.
          if (heard !== 'failed') pending = 'silent';
          resolve(heard);
        };
        const timer = setTimeout(finish, patienceMs);
        wake = finish;
        if (pending !== 'silent') finish();
      }),
    close: () => {
      source.close();
      hear('failed');
    },
  };
}
