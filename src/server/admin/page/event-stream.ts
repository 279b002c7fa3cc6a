import type { Heard, Stream } from './watch.js';

/** Says what is new; its data is not looked at, since the API tells all of it in one piece. */
const EVENTS = ['tick', 'decision', 'replica', 'order'] as const;

/** The daemon's events over an EventSource (WHATWG HTML, section 9.2). */
export function openEventStream(address: string): Stream {
  const source = new EventSource(address);
  let pending: Heard | null = null;
  let notify = (): void => {};
  const hear = (heard: Heard): void => {
    // What was not looked at yet is not more for having happened twice; a failure is the last that comes.
    if (pending !== 'failed') pending = heard;
    notify();
  };
  source.addEventListener('open', () => hear('opened'));
  source.addEventListener('message', () => hear('news'));
  for (const name of EVENTS) source.addEventListener(name, () => hear('news'));
  source.addEventListener('error', () => {
    // It would try again by itself, without a word about how that goes.
    source.close();
    hear('failed');
  });
  return {
    next: (patienceMs) =>
      new Promise((resolve) => {
        const finish = (heard: Heard): void => {
          clearTimeout(timer);
          notify = () => {};
          pending = null;
          resolve(heard);
        };
        const timer = setTimeout(() => finish('silent'), patienceMs);
        notify = () => finish(pending ?? 'silent');
        if (pending !== null) finish(pending);
      }),
    close: () => {
      source.close();
      hear('failed');
    },
  };
}
