import { OTHER_PAGES, PageLabels } from './page-labels.js';

/** What there is to show of one page. */
export interface PageSample {
  /** `Page.path`. */
  readonly page: string;
  /** Replicas that serve. */
  readonly ready: number;
  /** Replicas that the page is to have. */
  readonly desired: number;
  /** Visits per second; `null` when nothing was measured. */
  readonly demand: number | null;
}

export interface LabelledPages {
  readonly label: string;
  readonly ready: number;
  readonly desired: number;
  readonly demand: number | null;
}

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
    for (const sample of this.#samples.values()) {
      const label = this.#labels.labelOf(sample.page);
      const sum = sums.get(label);
      sums.set(label, {
        label,
        ready: (sum?.ready ?? 0) + sample.ready,
        desired: (sum?.desired ?? 0) + sample.desired,
        demand: addMeasured(sum?.demand ?? null, sample.demand),
      });
    }
    return [...sums.values()];
  }
}

/** Nothing to show: no replicas, none to come, and nobody asks. */
function isSilent(sample: PageSample | undefined): boolean {
  return sample === undefined || (sample.ready === 0 && sample.desired === 0 && (sample.demand ?? 0) === 0);
}

/** No data is not zero: a sum has a value as soon as one of its parts has. */
function addMeasured(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return a + b;
}
