import type { Sample } from '../store/samples.js';
import type { Store } from '../store/store.js';
import type { ControlState } from './state.js';

const MINUTE_MS = 60_000;
/** So often for those who look at the last half hour, which is kept in memory. */
const CLOSE_MS = 10_000;
const CLOSE_COUNT = 180;
/**
 * Pages of a pass that are sampled, the hottest and those with replicas first: thousands of lukewarm ones would push
 * the others out of the history, whose rows are limited.
 */
const PAGES_MAX = 200;
/** Added to the heat of pages with replicas; nothing is so hot. */
const FIRST = 1e12;
/** Pages whose last half hour is kept; those that got warm last. */
const CLOSE_PAGES_MAX = 1_000;

/**
 * Notes what was measured of each page that is warm: once a minute and with each decision that is news in the store,
 * every ten seconds in memory.
 */
export class Sampler {
  readonly #state: ControlState;
  readonly #close = new Map<string, Sample[]>();
  #nextCloseAt = 0;
  #nextMinuteAt = 0;
  #waiting: (readonly [string, Sample])[] = [];

  constructor(state: ControlState) {
    this.#state = state;
  }

  /** Part of every pass, with the pages about which something else was decided; true when a minute is over. */
  pass(changed: readonly string[]): boolean {
    const now = this.#state.clock.now();
    if (now < this.#nextCloseAt) {
      if (changed.length > 0) this.#take(changed, () => true);
      return false;
    }
    this.#nextCloseAt = now + CLOSE_MS;
    const isMinute = now >= this.#nextMinuteAt;
    if (isMinute) this.#nextMinuteAt = now + MINUTE_MS;
    this.#take(this.#warm(), (page) => isMinute || changed.includes(page));
    return isMinute;
  }

  /** Of the last half hour at most, oldest first, every ten seconds while the page was warm. */
  lately(page: string): readonly Sample[] {
    return this.#close.get(page) ?? [];
  }

  /** Writes what is for the store; call it inside a transaction. */
  save(store: Store): void {
    for (const [page, sample] of this.#waiting) store.samples.add(page, sample);
  }

  /** After the transaction of `save`, or where it failed: another minute comes. */
  saved(): void {
    this.#waiting = [];
  }

  /** The hottest pages, those with replicas before others, and those that were warm last time and are not any more. */
  #warm(): readonly string[] {
    const { decisions, fleet } = this.#state;
    const replicas = fleet.byPage();
    const warm = new Map<string, number>();
    for (const [page, { measured, desired, current }] of decisions) {
      const heat = measured?.stable ?? 0;
      if (heat + desired + current > 0) warm.set(page, desired + current > 0 ? heat + FIRST : heat);
    }
    for (const page of replicas.keys()) warm.set(page, (warm.get(page) ?? 0) + FIRST);
    const cooled = [...this.#close].flatMap(([page, samples]) => {
      const last = samples.at(-1);
      return last === undefined || isNothing(last) || warm.has(page) ? [] : [page];
    });
    if (warm.size <= PAGES_MAX) return [...warm.keys(), ...cooled];
    const hottest = [...warm].sort(([, a], [, b]) => b - a).slice(0, PAGES_MAX);
    return [...hottest.map(([page]) => page), ...cooled];
  }

  #take(pages: Iterable<string>, isForStore: (page: string) => boolean): void {
    const fleet = this.#state.fleet.byPage();
    for (const page of pages) {
      const sample = this.#sample(page, fleet.get(page)?.length ?? 0);
      const before = this.#close.get(page)?.at(-1);
      // One that says that there is nothing any more ends a line of others; a second one says nothing.
      if (isNothing(sample) && (before === undefined || isNothing(before))) continue;
      this.#keep(page, sample);
      if (isForStore(page) || isNothing(sample)) this.#waiting.push([page, sample]);
    }
  }

  #sample(page: string, replicas: number): Sample {
    const { book, catalogue, clock, decisions } = this.#state;
    const host = catalogue.get(page)?.host;
    const load = host === undefined ? null : book.load(host, clock.now());
    const decision = decisions.get(page);
    return {
      at: clock.wall(),
      demand: load?.demand?.stable ?? null,
      queryRate: load?.queryRate?.stable ?? null,
      requestRate: load?.requestRate?.stable ?? null,
      measured: decision?.measured?.stable ?? null,
      desired: decision?.desired ?? 0,
      serving: decision?.serving ?? 0,
      replicas,
    };
  }

  #keep(page: string, sample: Sample): void {
    const kept = this.#close.get(page) ?? [];
    kept.push(sample);
    const oldest = sample.at - CLOSE_MS * CLOSE_COUNT;
    while (kept.length > CLOSE_COUNT || (kept[0]?.at ?? sample.at) < oldest) kept.shift();
    // The one that is sampled now goes to the end, so that the first is the one that is cold for longest.
    this.#close.delete(page);
    this.#close.set(page, kept);
    if (this.#close.size > CLOSE_PAGES_MAX) {
      const [first] = this.#close.keys();
      if (first !== undefined) this.#close.delete(first);
    }
  }
}

/** No load, no replicas, and none wanted. */
function isNothing({ demand, queryRate, requestRate, measured, desired, replicas }: Sample): boolean {
  const rates = [demand, queryRate, requestRate, measured].map((rate) => rate ?? 0);
  return Math.max(...rates, desired, replicas) === 0;
}
