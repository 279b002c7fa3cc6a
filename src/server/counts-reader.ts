import type { RequestCount, RequestReport } from '../load/batch.js';
import type { CountsMark, CountsReport } from './request-counts.js';

/** Follows the origin's counters: what one report has beyond the one before is what was asked for between the two. */
export class CountsReader {
  readonly #totals = new Map<string, number>();
  #mark: CountsMark | null = null;
  #readAt = 0;

  /** What to ask for next. */
  get mark(): CountsMark | null {
    return this.#mark;
  }

  /** The first report is where counting begins; after a restart of the origin everything that it counted is new. */
  read(report: CountsReport, now: number): RequestReport {
    const isFirst = this.#mark === null;
    const from = isFirst ? now : this.#readAt;
    if (this.#mark?.instance !== report.instance) this.#totals.clear();
    const counts: RequestCount[] = [];
    for (const [host, total] of Object.entries(report.totals)) {
      const requests = total - (this.#totals.get(host) ?? 0);
      this.#totals.set(host, total);
      if (!isFirst && requests > 0) counts.push({ host, server: 'origin', from, to: now, requests });
    }
    this.#mark = { instance: report.instance, revision: report.revision };
    this.#readAt = now;
    return { from, to: now, counts };
  }
}
