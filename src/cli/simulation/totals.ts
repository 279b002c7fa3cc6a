import type { PageFigures } from '../../simulate/page-tally.js';

/** What became of all pages that a contender's policies have. */
export interface Totals {
  readonly pages: number;
  readonly visits: number;
  readonly queries: number;
  readonly shortSeconds: number;
  readonly replicaHours: number;
  readonly excessHours: number;
  readonly peakReplicas: number;
  /** Per hour and over all pages. */
  readonly changesPerHour: number;
  /** Money; 0 also where no placement has a price. */
  readonly cost: number;
  /** Seconds; null where the load was never over what there was for long enough. */
  readonly medianReaction: number | null;
  readonly slowestReaction: number | null;
  /** Shares of the visits. */
  readonly overloaded: number;
  readonly lost: number;
}

const HOUR_S = 3_600;

export function totalsOf(figures: readonly PageFigures[]): Totals {
  const judged = figures.filter(({ policy }) => policy !== null);
  const sum = (of: (page: PageFigures) => number): number =>
    judged.reduce((total, page) => total + of(page), 0);
  const visits = sum((page) => page.visits);
  const hours = Math.max(...judged.map(({ seconds }) => seconds), 1) / HOUR_S;
  const reactions = judged.flatMap((page) => page.reactions).sort((a, b) => a - b);
  return {
    pages: judged.length,
    visits,
    queries: sum((page) => page.queries),
    shortSeconds: sum((page) => page.shortSeconds),
    replicaHours: sum((page) => page.replicaSeconds) / HOUR_S,
    excessHours: sum((page) => page.excessSeconds) / HOUR_S,
    peakReplicas: peak(judged),
    changesPerHour: sum((page) => page.changes) / hours,
    cost: sum((page) => page.cost),
    medianReaction: reactions[Math.floor(reactions.length / 2)] ?? null,
    slowestReaction: reactions.at(-1) ?? null,
    overloaded: visits === 0 ? 0 : sum((page) => page.overloadedVisits) / visits,
    lost: visits === 0 ? 0 : sum((page) => page.lostVisits) / visits,
  };
}

/** The most replicas of all pages at one time, as far as the series tell times apart. */
function peak(figures: readonly PageFigures[]): number {
  const alive: number[] = [];
  for (const { series } of figures)
    for (const [place, point] of series.points().entries()) alive[place] = (alive[place] ?? 0) + point.alive;
  return alive.reduce((most, count) => Math.max(most, count), 0);
}
