import type { PageFigures } from '../../simulate/page-tally.js';
import type { Outcome } from './run.js';
import { hottest } from './text.js';

/** What is drawn of one page, or of all of them; null where nobody knows it. */
export interface Plot {
  readonly title: string;
  /** Unix seconds. */
  readonly times: readonly number[];
  /** Visits per second. */
  readonly demand: readonly (number | null)[];
  /** By contender: replicas that serve, and those that exist. */
  readonly serving: readonly (readonly number[])[];
  readonly alive: readonly (readonly number[])[];
}

/** What the report's script is given. */
export interface ReportData {
  readonly names: readonly string[];
  readonly plots: readonly Plot[];
}

const PAGES_MAX = 20;

export function reportData(outcomes: readonly Outcome[], startedAt: number): ReportData {
  const judged = outcomes.map(({ figures }) => figures.filter(({ policy }) => policy !== null));
  const paths = new Set(
    outcomes.flatMap(({ figures }) => hottest(figures).slice(0, PAGES_MAX)).map(({ path }) => path),
  );
  const ofPage = (path: string): readonly (readonly PageFigures[])[] =>
    outcomes.map(({ figures }) => figures.filter((page) => page.path === path));
  const pages = [...paths].slice(0, PAGES_MAX);
  return {
    names: outcomes.map(({ contender }) => contender.name),
    plots: [
      ...(pages.length > 1 ? [plot('all pages', judged, startedAt)] : []),
      ...pages.map((path) => plot(path, ofPage(path), startedAt)),
    ],
  };
}

/** The sums over pages, of each contender. The demand is the same for all that have the same pages. */
function plot(title: string, contenders: readonly (readonly PageFigures[])[], startedAt: number): Plot {
  const sums = contenders.map(sum);
  const stepMs = contenders.flat()[0]?.series.stepMs ?? 1_000;
  const longest = sums.reduce((most, { demand }) => Math.max(most, demand.length), 0);
  const fullest = sums.find(({ demand }) => demand.length === longest);
  return {
    title,
    times: Array.from({ length: longest }, (_, place) => (startedAt + place * stepMs) / 1_000),
    demand: (fullest?.demand ?? []).map((demand) => (Number.isFinite(demand) ? rounded(demand) : null)),
    serving: sums.map(({ serving }) => serving),
    alive: sums.map(({ alive }) => alive),
  };
}

function sum(pages: readonly PageFigures[]): { demand: number[]; serving: number[]; alive: number[] } {
  const total = { demand: [] as number[], serving: [] as number[], alive: [] as number[] };
  for (const { series } of pages) {
    for (const [place, point] of series.points().entries()) {
      total.demand[place] = (total.demand[place] ?? 0) + point.demand;
      total.serving[place] = (total.serving[place] ?? 0) + point.serving;
      total.alive[place] = (total.alive[place] ?? 0) + point.alive;
    }
  }
  return total;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
