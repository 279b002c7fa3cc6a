import { OTHER_PAGES, PageLabels } from './page-labels.js';

/** What there is to show of one page. */
export interface PageSample {
  /** `Page.path`. */
  readonly page: string;
  /** Replicas that serve. */
  readonly ready: number;
  /** Replicas that the page is to have. */
  readonly desired: number;
  /** Of those, how many do not serve yet and are waited for. */
  readonly missing: number;
  /** Replicas that the page may have. */
  readonly max: number;
  /** Load over both windows, in what the policy measures; `null` when nothing was measured. */
  readonly load: { readonly stable: number; readonly panic: number } | null;
  /** Load that one replica is for. */
  readonly target: number;
}

/** The samples of one page, or the sums of all that have no slot, whose target would mean nothing. */
export type LabelledPages = Omit<PageSample, 'page' | 'target'> & {
  readonly label: string;
  readonly target: number | null;
};

/** The last sample of every page that has something to show, and their sums by label. Grows with the site, never with what is asked. */
export class PageSeries {
  readonly #labels: PageLabels;
  readonly #samples = new Map<string, PageSample>();

  constructor(labels = new PageLabels()) {
    this.#labels = labels;
  }

  /** Returns the page whose series are to be removed because `sample.page` took its slot. */
  set(sample: PageSample, now: number): string | undefined {
    if (!isSilent(sample)) {
      const scaled = sample.ready > 0 || sample.desired > 0;
      this.#samples.set(sample.page, sample);
      const { evicted } = this.#labels.claim(sample.page, scaled ? 'scaled' : 'asked', now);
      if (evicted !== undefined && isSilent(this.#samples.get(evicted))) this.#samples.delete(evicted);
      return evicted;
    }
    if (this.#labels.labelOf(sample.page) === OTHER_PAGES) this.#samples.delete(sample.page);
    else this.#samples.set(sample.page, sample);
    return undefined;
  }

  /** The label under which queries for the page count. */
  labelOf(page: string): string {
    return this.#labels.labelOf(page);
  }

  /** For a page that left the site. True if its series are to be removed. */
  forget(page: string): boolean {
    this.#samples.delete(page);
    return this.#labels.release(page);
  }

  byLabel(): readonly LabelledPages[] {
    const sums = new Map<string, LabelledPages>();
    for (const { page, target, ...sample } of this.#samples.values()) {
      const label = this.#labels.labelOf(page);
      const sum = sums.get(label);
      sums.set(label, {
        label,
        ready: (sum?.ready ?? 0) + sample.ready,
        desired: (sum?.desired ?? 0) + sample.desired,
        missing: (sum?.missing ?? 0) + sample.missing,
        max: (sum?.max ?? 0) + sample.max,
        load: addMeasured(sum?.load ?? null, sample.load),
        target: label === OTHER_PAGES ? null : target,
      });
    }
    return [...sums.values()];
  }
}

/** Nothing to show: no replicas, none to come, and nobody asks. */
function isSilent(sample: PageSample | undefined): boolean {
  return (
    sample === undefined || (sample.ready === 0 && sample.desired === 0 && (sample.load?.stable ?? 0) === 0)
  );
}

/** No data is not zero: a sum has a value as soon as one of its parts has. */
function addMeasured(a: PageSample['load'], b: PageSample['load']): PageSample['load'] {
  if (a === null || b === null) return a ?? b;
  return { stable: a.stable + b.stable, panic: a.panic + b.panic };
}
