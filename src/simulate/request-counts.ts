import type { RequestCount } from '../load/batch.js';
import type { LoadBook } from '../load/load-book.js';
import type { SimulatedFleet } from './fleet.js';

/** What the HTTP servers tell of the visits that they took. */
export class RequestCounts {
  readonly #fleet: SimulatedFleet;
  readonly #book: LoadBook;
  readonly #hostOf: (page: number) => string;
  /** By page, since the origin was last asked. */
  #origin = new Map<number, number>();
  #originFrom = 0;

  constructor(fleet: SimulatedFleet, book: LoadBook, hostOf: (page: number) => string) {
    this.#fleet = fleet;
    this.#book = book;
    this.#hostOf = hostOf;
  }

  atOrigin(page: number): void {
    this.#origin.set(page, (this.#origin.get(page) ?? 0) + 1);
  }

  takeOrigin(now: number): readonly RequestCount[] {
    const from = this.#originFrom;
    const counts = [...this.#origin].map(([page, requests]) => ({
      host: this.#hostOf(page),
      server: 'origin',
      from,
      to: now,
      requests,
    }));
    this.#origin = new Map();
    this.#originFrom = now;
    return counts;
  }

  /** Reads every counter once. The first reading of one tells nothing yet, and visits at one that drains keep it. */
  readReplicas(now: number, isMeasured: boolean): void {
    const counts: RequestCount[] = [];
    for (const unit of this.#fleet.units()) {
      const { state, id, host } = unit.replica;
      if ((state !== 'serving' && state !== 'draining') || unit.isDead) continue;
      const { reading, requests } = unit;
      unit.reading = { at: now, requests };
      if (reading === null) continue;
      if (state === 'draining' && requests > reading.requests) this.#fleet.patch(unit, { busyAt: now });
      counts.push({ host, server: id, from: reading.at, to: now, requests: requests - reading.requests });
    }
    if (isMeasured) this.#book.addRequests(counts);
  }
}
