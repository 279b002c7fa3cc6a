import type { Clock } from '../clock.js';
import type { EventRecord } from '../store/events.js';
import type { Store } from '../store/store.js';
import type { ControlEvent } from './events.js';

/** What a store that refuses to be written may make us remember; what is older is forgotten then. */
const WAITING_MAX = 10_000;

/** Writes down what happens to pages and replicas, so that any moment of the past can be explained. */
export class Chronicle {
  readonly #clock: Clock;
  #waiting: EventRecord[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `lastSeen`: see `EventRecord`. */
  begin(lastSeen: number | null): void {
    this.#add({ at: this.#clock.wall(), kind: 'started', lastSeen });
  }

  end(): void {
    this.#add({ at: this.#clock.wall(), kind: 'stopped' });
  }

  note(event: ControlEvent): void {
    const at = this.#clock.wall();
    switch (event.kind) {
      case 'planned':
      case 'moved': {
        const {
          id: replica,
          page,
          address,
          driver,
          state: to,
          reason,
        } = event.kind === 'moved' ? event.after : event.replica;
        const from = event.kind === 'moved' ? event.before.state : null;
        this.#add({ at, kind: 'moved', page, replica, address, driver, from, to, reason });
        return;
      }
      case 'surge':
        this.#add({ at, kind: 'surge', page: event.page });
        return;
      case 'ordered': {
        const { page, verb, detail, by } = event;
        this.#add({ at, kind: 'ordered', page, verb, detail, by });
        return;
      }
      case 'decided':
      case 'withdrawn':
      case 'failed':
      case 'published':
      case 'reacted':
      case 'visited':
      case 'called':
      case 'orphan':
      case 'ticked':
      case 'trouble':
      case 'problems':
        return;
      default:
        event satisfies never;
    }
  }

  /** Writes what has happened since the last time; call it inside a transaction. */
  save(store: Store): void {
    for (const record of this.#waiting) store.events.add(record);
  }

  /** After the transaction of `save` has ended well. */
  saved(): void {
    this.#waiting = [];
  }

  #add(record: EventRecord): void {
    this.#waiting.push(record);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }
}
