import type { LiveEvents } from '../source.js';
import type { Refusal } from './client.js';
import type { Point } from './history.js';
import type { Snapshot } from './snapshot.js';
import type { Link } from './watch.js';

/** Everything that the page is drawn from. */
export interface Model {
  readonly link: Link;
  /** The last that was heard; null: nothing yet. */
  readonly snapshot: Snapshot | null;
  /** Why the daemon told nothing the last time, though it answered. */
  readonly refusal: Refusal | null;
  /** What the daemon could not do lately, and tries again. */
  readonly trouble: LiveEvents['trouble'] | null;
  /** By page, oldest first. */
  readonly history: ReadonlyMap<string, readonly Point[]>;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What the reader can have done. Each resolves to null when it was, or to what is wrong. */
export interface Hand {
  readonly isUnlocked: boolean;
  /** The daemon no longer takes the token that it took before; what it said. */
  readonly lockedOut: Refused | null;
  /** Takes the token if the daemon does. */
  unlock(token: string): Promise<Refused | null>;
  lock(): void;
  order(command: Command, body: Readonly<Record<string, unknown>>): Promise<Refused | null>;
}

export type Command = 'pin' | 'unpin' | 'pause' | 'resume' | 'drain' | 'release';

export interface Refused {
  readonly message: string;
  readonly hint: string;
}
