import type { LiveEvents } from '../source.js';
import type { Answer } from './client.js';
import type { EventName } from './event-stream.js';
import { joined, type Point, withPoint } from './history.js';
import type { Model } from './model.js';
import { readPast } from './past.js';
import { byWarmth, readLists, readOverview, readPage, type Snapshot } from './snapshot.js';

/** What ticks do not tell is asked for so often while they come: ages and counters of replicas go on. */
const LISTS_MS = 2_000;
/** With ticks, everything is asked for this often, for pages that came and went. */
const EVERYTHING_MS = 60_000;
/** Ticks that are older than that are no longer relied on. */
const TICKING_MS = 5_000;

/** Gets what is the case from the API and the event stream, and adds it to what was. */
export class Refresher {
  readonly #path: string | null;
  readonly #at: string | null;
  readonly #model: () => Model;
  readonly #update: (change: Partial<Model>) => void;
  #started = 0;
  #shown = 0;
  #tickAt = Number.NEGATIVE_INFINITY;
  #refreshAt = Number.NEGATIVE_INFINITY;
  #everythingAt = Number.NEGATIVE_INFINITY;
  #isPastKnown = false;

  /** `path`: of the page whose own view it is; null: the overview. `at`: a moment of its past that is asked about. */
  constructor(
    path: string | null,
    at: string | null,
    model: () => Model,
    update: (change: Partial<Model>) => void,
  ) {
    this.#path = path;
    this.#at = at;
    this.#model = model;
    this.#update = update;
  }

  /** Something came over the stream; true: what is shown has to be asked for. */
  take(name: EventName, data: unknown): boolean {
    if (name === 'trouble') this.#update({ trouble: data as LiveEvents['trouble'] });
    if (name !== 'tick') return true;
    const { status, pages } = data as LiveEvents['tick'];
    const { snapshot } = this.#model();
    this.#tickAt = Date.now();
    if (snapshot === null) return true;
    this.#show(
      snapshot.kind === 'page'
        ? { ...snapshot, status, page: pages.find(({ path }) => path === snapshot.path) ?? snapshot.page }
        : { ...snapshot, status, ...byWarmth(pages, knownPaths(snapshot, pages)) },
    );
    return Date.now() - this.#refreshAt >= LISTS_MS;
  }

  /** `isHurried`: something was just changed from here. False: nothing answered. */
  async refresh(isHurried = false): Promise<boolean> {
    this.#started += 1;
    const turn = this.#started;
    this.#refreshAt = Date.now();
    const answer = await this.#read(isHurried);
    // One that was asked later may have been answered sooner.
    if (turn < this.#shown) return answer.ok || answer.kind === 'refused';
    this.#shown = turn;
    if (answer.ok) {
      this.#show(answer.value);
      if (!this.#isPastKnown) void this.#remember();
      return true;
    }
    if (answer.kind === 'refused') this.#update({ refusal: answer });
    else this.#isPastKnown = false;
    return answer.kind === 'refused';
  }

  async #read(isHurried: boolean): Promise<Answer<Snapshot>> {
    if (this.#path !== null) return this.#readPage(this.#path);
    const now = Date.now();
    const isTicking = now - this.#tickAt < TICKING_MS && now - this.#everythingAt < EVERYTHING_MS;
    if (!isTicking || isHurried || this.#model().snapshot === null) {
      this.#everythingAt = now;
      return readOverview();
    }
    const lists = await readLists();
    // A tick may have come meanwhile.
    const { snapshot } = this.#model();
    if (!lists.ok || snapshot?.kind !== 'overview') return lists.ok ? readOverview() : lists;
    return { ok: true, value: { ...snapshot, ...lists.value } };
  }

  /** What is past is asked for once. */
  async #readPage(path: string): Promise<Answer<Snapshot>> {
    const { snapshot } = this.#model();
    const past = snapshot?.kind === 'page' ? snapshot.past : null;
    const answer = await readPage(path, past === null ? this.#at : null);
    return answer.ok && past !== null ? { ok: true, value: { ...answer.value, past } } : answer;
  }

  #show(snapshot: Snapshot): void {
    const now = Date.now();
    const before = this.#model().history;
    const history = new Map(before);
    const pages =
      snapshot.kind === 'overview' ? snapshot.warm : snapshot.page === null ? [] : [snapshot.page];
    for (const page of pages) history.set(page.path, withPoint(before.get(page.path) ?? [], page, now));
    this.#update({ snapshot, refusal: null, history });
  }

  /** Puts what the daemon remembers before what was seen here. */
  async #remember(): Promise<void> {
    this.#isPastKnown = true;
    const past = await readPast(this.#path);
    const history = new Map<string, readonly Point[]>(this.#model().history);
    for (const [path, points] of past) history.set(path, joined(points, history.get(path) ?? []));
    this.#update({ history });
  }
}

function knownPaths(
  { warm, cold }: { readonly warm: readonly { readonly path: string }[]; readonly cold: readonly string[] },
  pages: readonly { readonly path: string }[],
): readonly string[] {
  return [...new Set([...pages, ...warm].map(({ path }) => path).concat(cold))];
}
