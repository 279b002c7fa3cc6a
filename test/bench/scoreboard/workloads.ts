import {
  type Demand,
  plainCaches,
  type SyntheticPage,
  syntheticWorkload,
} from '../../../src/simulate/synthetic.js';
import type { CacheKind, Workload } from '../../../src/simulate/workload.js';

/** A load that policies and rivals live through. */
export interface Trial {
  readonly name: string;
  readonly workload: Workload;
  /** Seconds since the start at which the TTL that hotzone hands out becomes another one, in seconds. */
  readonly ttls: readonly { readonly at: number; readonly ttl: number }[];
  /** What to know of its figures. */
  readonly note?: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RESOLVERS = 100;
const FLOOD_PER_S = 300;

const flashCrowd: Demand = (second) => {
  const since = second - 30 * MINUTE;
  if (since < 0) return 3;
  if (since < 5) return 3 + (67 * since) / 5;
  return since < 15 * MINUTE ? 70 : 3 + 67 * Math.exp(-(since - 15 * MINUTE) / (10 * MINUTE));
};

/** Quiet at four in the morning, busy at four in the afternoon, and less of both at the weekend. */
const week: Demand = (second) => {
  const day = Math.floor(second / DAY);
  const height = day < 5 ? 66 : 40;
  return 4 + height * (0.5 - 0.5 * Math.cos(2 * Math.PI * (second / DAY - 4 / 24))) ** 2;
};

const ramp: Demand = (second) =>
  second < 4 * HOUR
    ? 2 + (72 * second) / (4 * HOUR)
    : Math.max(2, 74 - (72 * (second - 4 * HOUR)) / (2 * HOUR));

const onOff =
  (half: number): Demand =>
  (second) =>
    Math.floor(second / half) % 2 === 1 ? 55 : 2;

const steady =
  (rate: number): Demand =>
  () =>
    rate;

/** `quick`: a day instead of a week. */
export function trials(quick = false): readonly Trial[] {
  const one = (
    name: string,
    seconds: number,
    demand: Demand,
    caches: readonly CacheKind[] = plainCaches(RESOLVERS),
    ttls: Trial['ttls'] = [],
  ): Trial => ({ name, ttls, workload: workloadOf([pageOf('/page.html', demand)], seconds, caches) });
  return [
    one('flash crowd', 3 * HOUR, flashCrowd),
    one('slow ramp', 7 * HOUR, ramp),
    {
      ...one('on and off, 2 min each', 2 * HOUR, onOff(2 * MINUTE)),
      // Of a number that stays: one is too few for half of two hours, and three are two too many for the other half.
      note: 'with no more changes than HPA nothing is below 1 h here: what follows such a load changes with it',
    },
    one('on and off, 20 min each', 6 * HOUR, onOff(20 * MINUTE)),
    crawlers(),
    randomSubdomains(),
    one(
      'TTL change',
      4 * HOUR,
      (second) => 25 + 20 * Math.sin((2 * Math.PI * second) / HOUR),
      plainCaches(RESOLVERS),
      [
        { at: HOUR, ttl: 300 },
        { at: 2 * HOUR, ttl: 5 },
        { at: 3 * HOUR, ttl: 60 },
      ],
    ),
    one('resolvers that prefetch or extend', 4 * HOUR, flashCrowd, oddCaches()),
    one('diurnal week', quick ? DAY : 7 * DAY, week),
  ];
}

function workloadOf(
  pages: readonly SyntheticPage[],
  seconds: number,
  caches: readonly CacheKind[],
): Workload {
  return syntheticWorkload({ pages, seconds, caches, seed: 11 });
}

function pageOf(path: string, demand: Demand): SyntheticPage {
  return { path, host: `${path.slice(1).replace('.', '-')}.example.test`, demand };
}

/** Twenty pages that nobody but crawlers reads, one that people read, and crawlers that keep no answers. */
function crawlers(): Trial {
  const quiet = Array.from({ length: 20 }, (_, page) =>
    // Each is crawled for a minute in its turn, at four pages a second.
    pageOf(`/quiet-${page}.html`, (second) => (Math.floor(second / MINUTE) % 20 === page ? 4 : 0.02)),
  );
  const seconds = 3 * HOUR;
  const pages = [pageOf('/read.html', steady(33)), ...quiet];
  const caches = plainCaches(RESOLVERS).map((kind, place) => (place < 5 ? { ...kind, caches: false } : kind));
  return { name: 'crawlers', ttls: [], workload: workloadOf(pages, seconds, caches) };
}

/** A flood of made-up names, behind which one page is read as ever. */
function randomSubdomains(): Trial {
  const calm = workloadOf([pageOf('/page.html', steady(28))], 2 * HOUR, plainCaches(RESOLVERS));
  const flood = workloadOf([pageOf('/none.html', steady(FLOOD_PER_S))], 2 * HOUR, plainCaches(RESOLVERS));
  const workload: Workload = {
    ...calm,
    *visits() {
      const others = flood.visits()[Symbol.iterator]();
      let other = others.next();
      for (const visit of calm.visits()) {
        for (; other.done !== true && other.value.at < visit.at; other = others.next())
          yield { ...other.value, page: -1 };
        yield visit;
      }
    },
  };
  return { name: 'random-subdomain flood', ttls: [], workload };
}

/** A third of each: caches that prefetch, those that keep answers for five minutes, and plain ones. */
function oddCaches(): readonly CacheKind[] {
  return plainCaches(RESOLVERS).map((kind, place) => {
    if (place % 3 === 0) return { ...kind, prefetches: true };
    return place % 3 === 1 ? { ...kind, floorMs: 300_000 } : kind;
  });
}
