import type { OrderView } from '../../source.js';
import type { Hand, Model } from '../model.js';
import { clockTime, visible } from '../words.js';

/** For so long trouble is told of after it came up; it is told again if it goes on. */
const TROUBLE_MS = 60_000;

export interface BannersProps {
  readonly model: Model;
  readonly hand: Pick<Hand, 'lockedOut'>;
}

/** What has to be known before anything below is believed. */
export function Banners({
  model: { snapshot, link, refusal, trouble, now },
  hand: { lockedOut },
}: BannersProps) {
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
      <div role="status">
        {trouble !== null && now - Date.parse(trouble.at) < TROUBLE_MS && (
          <p class="banner bad">
            {clockTime(trouble.at, now)} {visible([trouble.what, ...trouble.problems].join(': '))}
          </p>
        )}
      </div>
      <div role="alert">
        {lockedOut !== null && (
          <p class="banner bad">
            It was not done: {visible(lockedOut.message)} any more, {visible(lockedOut.hint)}. Unlock again.
          </p>
        )}
      </div>
      {paused !== undefined && <p class="banner">Every page is paused {terms(paused, now)}.</p>}
    </>
  );
}

/** `since 14:03:07, until 15:03:07, by 127.0.0.1:40312 (admin token)`. */
export function terms({ since, until, by }: OrderView, now: number): string {
  const end = until === null ? 'until it is taken back' : `until ${clockTime(until, now)}`;
  return `since ${clockTime(since, now)}, ${end}, by ${visible(by)}`;
}
