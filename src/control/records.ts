import type { PlannedPage } from '../scale/plan.js';
import type { Sample } from '../store/samples.js';
import { saveBooks } from './books.js';
import { type Minute, Minutes, type Said } from './minutes.js';
import { Sampler } from './sampler.js';
import type { ControlState } from './state.js';

/** What a pass leaves behind for those who want to know: its decisions, and once a minute what was measured. */
export class Records {
  readonly #state: ControlState;
  readonly #minutes: Minutes;
  readonly #sampler: Sampler;

  constructor(state: ControlState) {
    this.#state = state;
    this.#minutes = new Minutes(state);
    this.#sampler = new Sampler(state);
  }

  /** Takes the pass's decisions as the present ones; gives back those that are news. */
  draft(pages: readonly PlannedPage[], said: Said): readonly Minute[] {
    return this.#minutes.draft(pages, said);
  }

  /** Writes the books and what is to be told of the pass, in one transaction; throws when the store refuses it. */
  write(minutes: readonly Minute[]): void {
    const { store, clock } = this.#state;
    const isMinute = this.#sampler.pass(minutes.map(({ decision }) => decision.page));
    try {
      saveBooks(this.#state, () => {
        this.#minutes.write(minutes);
        if (isMinute) this.#minutes.writeOthers();
        if (isMinute) store.saveSeenAt(clock.wall());
        this.#sampler.save(store);
      });
    } finally {
      // What could not be written is not worth remembering: another minute comes.
      this.#sampler.saved();
    }
  }

  announce(minutes: readonly Minute[]): void {
    this.#minutes.announce(minutes);
  }

  /** What was measured of the page in the last half hour, oldest first. */
  lately(page: string): readonly Sample[] {
    return this.#sampler.lately(page);
  }

  /** The first words of a daemon, and its last. */
  begin(): void {
    this.#state.chronicle.begin(this.#state.store.seenAt);
  }

  /** Throws when the store refuses it. */
  end(): void {
    this.#state.chronicle.end();
    saveBooks(this.#state, () => this.#state.store.saveSeenAt(this.#state.clock.wall()));
  }
}
