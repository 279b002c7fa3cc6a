import { poisson, type Random, seededRandom } from './random.js';
import { type CacheKind, PLAIN_CACHE, type SimulatedPage, type Visit, type Workload } from './workload.js';

/** Visits per second at a moment, in seconds since the start. */
export type Demand = (second: number) => number;

export interface SyntheticPage extends SimulatedPage {
  readonly demand: Demand;
}

export interface SyntheticOptions {
  readonly pages: readonly SyntheticPage[];
  readonly seconds: number;
  readonly caches: readonly CacheKind[];
  readonly seed: number;
}

/** The demand is taken to be steady for so long. */
const STEP_S = 0.25;

/** A crowd that is made up: each page's visits are a Poisson process, and the caches' shares follow Zipf's law. */
export function syntheticWorkload({ pages, seconds, caches, seed }: SyntheticOptions): Workload {
  return {
    pages: pages.map(({ path, host }) => ({ path, host })),
    caches,
    durationMs: seconds * 1_000,
    visits: () => visitsOf(pages, seconds, caches.length, seededRandom(seed)),
    demand: (page, at) => pages[page]?.demand(at / 1_000) ?? 0,
    holes: [],
  };
}

/** So many caches of their own address each, that behave alike. */
export function plainCaches(count: number, kind: Partial<CacheKind> = {}): readonly CacheKind[] {
  return Array.from({ length: count }, (_, cache) => ({
    ...PLAIN_CACHE,
    ...kind,
    source: `198.18.${(cache >> 8) & 255}.${cache & 255}`,
  }));
}

function* visitsOf(
  pages: readonly SyntheticPage[],
  seconds: number,
  caches: number,
  random: Random,
): Generator<Visit> {
  const shares = zipf(caches);
  for (let step = 0; step * STEP_S < seconds; step += 1) {
    const start = step * STEP_S;
    const visits: Visit[] = [];
    for (const [page, { demand }] of pages.entries()) {
      const count = poisson(demand(start) * STEP_S, random);
      for (let visit = 0; visit < count; visit += 1)
        visits.push({ at: (start + random() * STEP_S) * 1_000, page, cache: pick(shares, random()) });
    }
    yield* visits.sort((a, b) => a.at - b.at);
  }
}

/** Cumulative shares of Zipf's law with exponent 1. */
function zipf(size: number): Float64Array {
  const weights = Array.from({ length: size }, (_, index) => 1 / (index + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return Float64Array.from(weights, (weight) => {
    sum += weight / total;
    return sum;
  });
}

function pick(cumulative: Float64Array, at: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
