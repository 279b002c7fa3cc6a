import { heat } from '../heat.js';
import type { PageView } from '../source.js';

/** What a page had at a moment. Rates are per second; null: not measured, which is not 0. */
export interface Point {
  /** Unix milliseconds. */
  readonly at: number;
  readonly demand: number | null;
  readonly queryRate: number | null;
  readonly requestRate: number | null;
  readonly desired: number;
  readonly serving: number;
}

/** As far back as is kept and shown. */
export const HISTORY_MS = 30 * 60_000;
/** Points closer together than that cannot be told apart in a plot of half an hour. */
const SPACING_MS = 1_500;

/** Adds what is the case now to what is known. */
export function withPoint(points: readonly Point[], page: PageView, now: number): readonly Point[] {
  const { demand, queryRate, requestRate, desired, serving } = page;
  const point: Point = { at: now, demand, queryRate, requestRate, desired, serving };
  const last = points.at(-1);
  if (last !== undefined && now - last.at < SPACING_MS) return points;
  return [...points.filter(({ at }) => at >= now - HISTORY_MS), point];
}

/** What the daemon remembers, and what was seen here since. */
export function joined(remembered: readonly Point[], seen: readonly Point[]): readonly Point[] {
  const first = seen[0]?.at ?? Number.POSITIVE_INFINITY;
  return [...remembered.filter(({ at }) => at < first - SPACING_MS), ...seen];
}

/** How much the page was wanted, per second, over time; null where nothing was measured. */
export function heats(
  points: readonly Point[],
): readonly { readonly at: number; readonly value: number | null }[] {
  return points.map((point) => ({
    at: point.at,
    value:
      point.demand === null && point.requestRate === null && point.queryRate === null ? null : heat(point),
  }));
}
