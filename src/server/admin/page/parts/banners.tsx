import type { OrderView } from '../../source.js';
import type { Model } from '../model.js';
import { clockTime, visible } from '../words.js';

/** What has to be known before anything below is believed. */
export function Banners({ model: { snapshot, link, refusal, now } }: { readonly model: Model }) {
  const { healthy = true, orders = [] } = snapshot?.status ?? {};
  const paused = orders.find(({ kind, page }) => kind === 'pause' && page === null);
  return (
    <>
      {link.kind === 'lost' && (
        <p class="banner bad">
          Nothing answers since {clockTime(link.since, now)}.{' '}
          {snapshot === null ? 'The daemon may be down' : 'What is below was the case then'}; this page tries
          again by itself.
        </p>
      )}
      {refusal !== null && (
        <p class="banner bad">
          The daemon tells nothing: {visible(refusal.message)} ({visible(refusal.hint)}).
        </p>
      )}
      {!healthy && (
        <p class="banner bad">
          The control loop stands still: pages keep what they have. The log of the daemon says why.
        </p>
      )}
      {paused !== undefined && <p class="banner">Every page is paused {terms(paused, now)}.</p>}
    </>
  );
}

/** `since 14:03:07, until 15:03:07, by 127.0.0.1:40312 (admin token)`. */
export function terms({ since, until, by }: OrderView, now: number): string {
  const end = until === null ? 'until it is taken back' : `until ${clockTime(until, now)}`;
  return `since ${clockTime(since, now)}, ${end}, by ${visible(by)}`;
}
