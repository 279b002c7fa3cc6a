import type { PageAnswer } from '../dns/publication.js';
import type { QueryBatch, RequestCount } from '../load/batch.js';
import type { PlannedPage } from '../scale/plan.js';
import { isCapacity } from '../scale/replica.js';
import { scheduledBounds } from '../scale/scheduled.js';
import { isSurging, mayBeSurging } from '../scale/surge.js';
import type { ControlState } from './state.js';

const MILLISECONDS_PER_SECOND = 1_000;

/** Looks at each batch as it comes, so that a surge starts a pass of the loop at once. */
export class SurgeWatch {
  readonly #state: ControlState;

  constructor(state: ControlState) {
    this.#state = state;
  }

  lookAtQueries(batch: QueryBatch): void {
    const counts = new Map<string, number>();
    for (const { host, queries } of [...batch.sources, ...batch.rest]) {
      counts.set(host, (counts.get(host) ?? 0) + queries);
    }
    for (const [host, events] of counts) this.#look(host, events, batch.to - batch.from);
  }

  lookAtRequests(counts: readonly RequestCount[]): void {
    for (const { host, requests, from, to } of counts) this.#look(host, requests, to - from);
  }

  /** A surge is over when nothing more is wanted, whether or not anything came of it. */
  decided(pages: readonly PlannedPage[]): void {
    for (const { path, decision } of pages) {
      if (decision.desired <= decision.serving) this.#state.surgingSince.delete(path);
    }
  }

  /** The first answer with a replica that started to serve since then is what the surge called for. */
  published(answers: readonly PageAnswer[]): void {
    const { catalogue, fleet, surgingSince, clock, emit } = this.#state;
    for (const { host } of answers) {
      const path = catalogue.byHost(host)?.page.path;
      const since = path === undefined ? undefined : surgingSince.get(path);
      if (path === undefined || since === undefined) continue;
      const replica = fleet
        .all()
        .find((other) => other.page === path && other.state === 'serving' && other.stateSince >= since);
      if (replica === undefined) continue;
      surgingSince.delete(path);
      const at = clock.now();
      emit({ kind: 'reacted', at, replica, seconds: (at - since) / MILLISECONDS_PER_SECOND });
    }
  }

  #look(host: string, events: number, durationMs: number): void {
    const { catalogue, fleet, book, clock, orders, surgingSince, emit, wake } = this.#state;
    const page = catalogue.byHost(host);
    if (page === undefined || page.policy === null || surgingSince.has(page.page.path)) return;
    // The load itself is dearer to compute than this, and in a busy moment there are many pages that are not hot.
    if (!mayBeSurging(page.policy, events, durationMs)) return;
    const current = (fleet.byPage().get(page.page.path) ?? []).filter(isCapacity).length;
    // Nothing would come of it, and it would be news again with every batch.
    if (orders.pin(page.page.path) !== null || orders.pause(page.page.path) !== null) return;
    const now = clock.now();
    // No more would come of it, and a surge that is over at once would be one again with the next batch.
    const { ceiling } = scheduledBounds(page.policy, clock.wall());
    if (ceiling !== null && current >= ceiling.replicas) return;
    if (!isSurging(book.load(host, now), page.policy, current)) return;
    surgingSince.set(page.page.path, now);
    emit({ kind: 'surge', at: now, page: page.page.path });
    wake();
  }
}
