/** The label of every page that has no slot of its own. */
export const OTHER_PAGES = '_other';

export interface PageLabelSettings {
  /** Pages that have a label of their own at one time. */
  readonly slots: number;
  /** Milliseconds without activity after which a slot may go to another page. */
  readonly idleAfter: number;
}

export const DEFAULT_PAGE_LABELS: PageLabelSettings = { slots: 50, idleAfter: 3_600_000 };

/** `asked`: somebody wants the page; `scaled`: it has replicas, or is to have them. */
export type PageActivity = 'asked' | 'scaled';

export interface PageLabel {
  /** The page itself, or `OTHER_PAGES`. */
  readonly label: string;
  /** The page that lost its slot; its series are to be removed. */
  readonly evicted?: string;
}

interface Slot {
  readonly page: string;
  readonly lastActive: number;
  readonly activity: PageActivity;
}

/**
 * Gives the pages that matter a metric label of their own, and never more than `slots` of them at one time: a label
 * for every page of a large site would be a series each, for ever. Slots are sticky, so that a graph does not flicker:
 * one is kept until its page was idle for `idleAfter`. A page with replicas need not wait for that; it takes the slot
 * of the page that was idle longest among those without any.
 */
export class PageLabels {
  readonly #settings: PageLabelSettings;
  readonly #slots = new Map<string, Slot>();

  constructor(settings: PageLabelSettings = DEFAULT_PAGE_LABELS) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The page's label without counting as activity. */
  labelOf(page: string): string {
    return this.#slots.has(page) ? page : OTHER_PAGES;
  }

  /** The label of a page that is active at `now` (monotonic milliseconds), with a slot if there is one to be had. */
  claim(page: string, activity: PageActivity, now: number): PageLabel {
    const own = this.#slots.get(page);
    const victim =
      own !== undefined || this.#slots.size < this.#settings.slots ? undefined : this.#victim(activity, now);
    if (own === undefined && victim === undefined && this.#slots.size >= this.#settings.slots)
      return { label: OTHER_PAGES };
    if (victim !== undefined) this.#slots.delete(victim);
    this.#slots.set(page, { page, activity, lastActive: now });
    return victim === undefined ? { label: page } : { label: page, evicted: victim };
  }

  /** For a page that left the site. True if it had a slot; its series are to be removed then. */
  release(page: string): boolean {
    return this.#slots.delete(page);
  }

  #victim(activity: PageActivity, now: number): string | undefined {
    let oldest: Slot | undefined;
    for (const slot of this.#slots.values()) {
      const idle = now - slot.lastActive >= this.#settings.idleAfter;
      const yields = activity === 'scaled' && slot.activity === 'asked';
      if (!idle && !yields) continue;
      if (oldest === undefined || slot.lastActive < oldest.lastActive) oldest = slot;
    }
    return oldest?.page;
  }
}
