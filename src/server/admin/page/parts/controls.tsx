import { useRef } from 'preact/hooks';
import type { OrderView, PageView } from '../../source.js';
import type { Hand } from '../model.js';
import { Problem, useOrdering } from './ordering.js';

export interface ControlsProps {
  readonly page: PageView;
  readonly orders: readonly OrderView[];
  /** It waits since its replicas kept failing. */
  readonly isHeldBack: boolean;
  readonly hand: Hand;
}

/** How long an order may last, as the API writes it. */
const SPANS: readonly (readonly [string, string])[] = [
  ['', 'until it is taken back'],
  ['15m', 'for 15 minutes'],
  ['1h', 'for 1 hour'],
  ['4h', 'for 4 hours'],
  ['24h', 'for 1 day'],
];
/** As many as the API takes. */
const REPLICAS_MAX = 10_000;

/** Pin, pause and release, for one page. */
export function Controls({ page, orders, isHeldBack, hand }: ControlsProps) {
  const { isBusy, refused, give } = useOrdering(hand);
  const { path, pinned, desired } = page;
  const isPaused = orders.some((order) => order.kind === 'pause' && order.page === path);
  const pinButton = useRef<HTMLButtonElement>(null);
  /** Its button goes with the pin, and the focus would go with it. */
  const unpin = async (): Promise<void> => {
    if (await give('unpin', { page: path })) pinButton.current?.focus();
  };
  const pin = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const span = String(form.get('for') ?? '');
    void give('pin', { page: path, replicas: Number(form.get('replicas')), for: span === '' ? null : span });
  };
  return (
    <section class="controls" aria-label="By hand">
      <form onSubmit={pin}>
        <label>
          Replicas{' '}
          <input
            name="replicas"
            type="number"
            min={0}
            max={REPLICAS_MAX}
            required
            defaultValue={String(pinned ?? desired)}
          />
        </label>
        <label>
          <span class="unseen">How long</span>
          <select name="for">
            {SPANS.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <button ref={pinButton} type="submit" class="strong" aria-disabled={isBusy}>
          Pin
        </button>
        {pinned !== null && (
          <button type="button" aria-disabled={isBusy} onClick={unpin}>
            Unpin
          </button>
        )}
        <span class="gap" />
        <button
          type="button"
          aria-disabled={isBusy}
          onClick={() =>
            void (isPaused ? give('resume', { page: path }) : give('pause', { page: path, for: null }))
          }
        >
          {isPaused ? 'Resume this page' : 'Pause this page'}
        </button>
        {isHeldBack && (
          <button type="button" aria-disabled={isBusy} onClick={() => void give('release', { page: path })}>
            Release from quarantine
          </button>
        )}
      </form>
      <Problem refused={refused} />
    </section>
  );
}

/** Pauses and resumes everything at once. */
export function PauseAll({ orders, hand }: Pick<ControlsProps, 'orders' | 'hand'>) {
  const { isBusy, refused, give } = useOrdering(hand);
  const isPaused = orders.some((order) => order.kind === 'pause' && order.page === null);
  const command = isPaused ? 'resume' : 'pause';
  return (
    <>
      <button
        type="button"
        aria-disabled={isBusy}
        onClick={() => void give(command, isPaused ? { page: null } : { page: null, for: null })}
      >
        {isPaused ? 'Resume every page' : 'Pause every page'}
      </button>
      <Problem refused={refused} />
    </>
  );
}
