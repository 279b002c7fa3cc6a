import { type Point, withPoint } from './history.js';
import type { Model } from './model.js';
import { readOverview, readPage, type Snapshot } from './snapshot.js';

/** Gets what is the case from the API, and adds it to what was. */
export class Refresher {
  readonly #path: string | null;
  readonly #model: () => Model;
  readonly #update: (change: Partial<Model>) => void;
  #started = 0;
  #shown = 0;

  /** `path`: of the page whose own view it is; null: the overview. */
  constructor(path: string | null, model: () => Model, update: (change: Partial<Model>) => void) {
    this.#path = path;
    this.#model = model;
    this.#update = update;
  }

  /** False: nothing answered. */
  async refresh(): Promise<boolean> {
    this.#started += 1;
    const turn = this.#started;
    const answer = await (this.#path === null ? readOverview() : readPage(this.#path));
    // One that was asked later may have been answered sooner.
    if (turn < this.#shown) return answer.ok || answer.kind === 'refused';
    this.#shown = turn;
    if (answer.ok) {
      const snapshot: Snapshot = answer.value;
      this.#update({ snapshot, refusal: null, history: this.#history(snapshot) });
      return true;
    }
    if (answer.kind === 'refused') this.#update({ refusal: answer });
    return answer.kind === 'refused';
  }

  #history(snapshot: Snapshot): Model['history'] {
    const now = Date.now();
    const history = new Map<string, readonly Point[]>();
    const pages =
      snapshot.kind === 'overview' ? snapshot.pages : snapshot.page === null ? [] : [snapshot.page];
    for (const page of pages)
      history.set(page.path, withPoint(this.#model().history.get(page.path) ?? [], page, now));
    return history;
  }
}
