import { Caches } from './caches.js';
import type { Goal } from './goal.js';
import { type PageFigures, PageTally, SLOT_MS } from './page-tally.js';
import type { Random } from './random.js';
import { SEEN_DELAY_S, SeenDemand } from './seen-demand.js';
import type { Standing, System } from './system.js';
import type { SimulatedPage, Workload } from './workload.js';

/** How often the name server tells what it was asked; what happens in between is not told apart. */
const STEP_MS = 100;
const SECOND_MS = 1_000;

/** How a page is judged; null: it is only served. */
export type JudgedPage = { readonly policy: string; readonly goal: Goal } | null;

/** A page's standing at a moment, until its demand is known. */
interface Moment {
  readonly at: number;
  readonly standing: Standing;
}

interface PageRun {
  readonly page: SimulatedPage;
  readonly judged: JudgedPage;
  readonly tally: PageTally;
  readonly seen: SeenDemand;
  readonly waiting: Moment[];
  /** Nothing has happened to it yet, and nothing needs to be looked at. */
  isIdle: boolean;
}

/** Lets a system live through a workload in no time, and tells what became of each page. */
export function simulate(
  system: System,
  workload: Workload,
  judge: (page: SimulatedPage) => JudgedPage,
  random: Random,
): readonly PageFigures[] {
  const { caches: kinds, pages, durationMs } = workload;
  const caches = new Caches(kinds, pages.length);
  const runs = pages.map((page): PageRun => {
    const judged = judge(page);
    const tally = new PageTally(judged?.goal ?? null, durationMs);
    return { page, judged, tally, seen: new SeenDemand(), waiting: [], isIdle: true };
  });
  const clock = new World(system, workload, runs);
  for (const { at, page, cache } of workload.visits()) {
    if (at >= durationMs) break;
    clock.advance(at);
    const run = runs[page];
    // A query for a name that is no page costs an answer and touches nothing.
    if (run === undefined) continue;
    run.isIdle = false;
    run.seen.visit();
    const { addresses } = caches.lookUp(system, cache, page, at);
    const address = addresses[Math.floor(random() * addresses.length)] ?? '';
    run.tally.visit(system.serverAt(page, address));
  }
  clock.advance(durationMs);
  clock.finish();
  return runs.map(({ page, judged, tally }, index) =>
    tally.figures({ ...page, policy: judged?.policy ?? null, queries: caches.queries[index] ?? 0 }),
  );
}

/** The virtual clock. */
class World {
  readonly #system: System;
  readonly #workload: Workload;
  readonly #runs: readonly PageRun[];
  #next = STEP_MS;

  constructor(system: System, workload: Workload, runs: readonly PageRun[]) {
    this.#system = system;
    this.#workload = workload;
    this.#runs = runs;
  }

  /** Everything that is due by `until`. */
  advance(until: number): void {
    for (; this.#next <= until; this.#next += STEP_MS) {
      const now = this.#next;
      this.#system.step(now, !this.#isHole(now));
      this.#watch(now);
      if (now % SECOND_MS === 0) this.#second(now);
      if (now % SLOT_MS === 0) for (const { tally } of this.#runs) tally.slot();
    }
  }

  /** The last moments, whose future is not known. */
  finish(): void {
    for (const run of this.#runs) {
      run.tally.slot();
      while (run.waiting.length > 0) this.#judge(run, run.seen.endSecond());
    }
  }

  #watch(now: number): void {
    const { demand } = this.#workload;
    if (demand === null) return;
    for (const [page, run] of this.#runs.entries()) {
      if (run.isIdle) continue;
      run.tally.watch(now, this.#isHole(now) ? null : demand(page, now), this.#system.standing(page).serving);
    }
  }

  #second(now: number): void {
    const { demand } = this.#workload;
    for (const [page, run] of this.#runs.entries()) {
      const standing = this.#system.standing(page);
      if (demand !== null) {
        run.tally.second(now - SECOND_MS, this.#isHole(now) ? null : demand(page, now), standing);
        continue;
      }
      const seen = run.seen.endSecond();
      run.waiting.push({ at: now - SECOND_MS, standing });
      if (run.waiting.length > SEEN_DELAY_S) this.#judge(run, seen);
    }
  }

  #judge(run: PageRun, demand: number): void {
    const moment = run.waiting.shift();
    if (moment === undefined) return;
    const known = this.#isHole(moment.at) ? null : demand;
    run.tally.second(moment.at, known, moment.standing);
    run.tally.watch(moment.at, known, moment.standing.serving);
  }

  #isHole(at: number): boolean {
    return this.#workload.holes.some(({ from, to }) => at >= from && at < to);
  }
}
