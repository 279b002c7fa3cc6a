/** How the page hears of what is new. */
export type Link =
  | { readonly kind: 'connecting' }
  /** Told by the event stream, at once. */
  | { readonly kind: 'live' }
  /** Asks every few seconds, since the daemon answers but gives no stream. */
  | { readonly kind: 'polling' }
  /** Nothing answers; `since`: when something last did, in Unix milliseconds. */
  | { readonly kind: 'lost'; readonly since: number };

/**
 * What came over an event stream. `alive`: something that was told in full; `news`: something that has to be asked about;
 * `silent`: nothing for as long as was waited.
 */
export type Heard = 'opened' | 'alive' | 'news' | 'silent' | 'failed';

export interface Stream {
  /** The next thing that comes, or that came since the last call. */
  next(patienceMs: number): Promise<Heard>;
  close(): void;
}

export interface World {
  openStream(): Stream;
  /** Gets everything that is shown anew; false: nothing answered. */
  refresh(): Promise<boolean>;
  show(link: Link): void;
  /** Unix milliseconds. */
  now(): number;
  wait(ms: number): Promise<void>;
}

/** News that are closer together are shown together. */
const SPACING_MS = 1_000;
const POLL_MS = 2_000;
/** How often a stream is asked for again where there was none left. */
const STREAM_RETRY_MS = 15_000;
/** The daemon has something to tell every few seconds; a stream that is silent for longer has died unheard. */
const SILENCE_MS = 15_000;

/**
 * Keeps the page up to date until `signal` is aborted: by a stream if there is one, by asking if not, and by asking
 * whether anything answers again if nothing does.
 */
export async function watch(world: World, signal: AbortSignal): Promise<void> {
  let streamAt = world.now();
  let heardAt = world.now();
  world.show({ kind: 'connecting' });
  while (!signal.aborted) {
    if (!(await world.refresh())) {
      if (!signal.aborted) world.show({ kind: 'lost', since: heardAt });
      streamAt = world.now();
      await world.wait(POLL_MS);
      continue;
    }
    heardAt = world.now();
    if (heardAt < streamAt) {
      world.show({ kind: 'polling' });
      await world.wait(POLL_MS);
      continue;
    }
    const wasOpen = await listen(world, signal);
    heardAt = world.now();
    streamAt = heardAt + (wasOpen ? 0 : STREAM_RETRY_MS);
  }
}

/** Until the stream ends; false: there was none to be had. */
async function listen(world: World, signal: AbortSignal): Promise<boolean> {
  const stream = world.openStream();
  const close = (): void => stream.close();
  signal.addEventListener('abort', close);
  let isOpen = false;
  try {
    while (!signal.aborted) {
      const heard = await stream.next(SILENCE_MS);
      if (heard === 'failed' || heard === 'silent') break;
      if (!isOpen) world.show({ kind: 'live' });
      isOpen = true;
      if (heard !== 'news') continue;
      const startedAt = world.now();
      if (!(await world.refresh())) break;
      await world.wait(Math.max(0, startedAt + SPACING_MS - world.now()));
    }
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
  return isOpen;
}
