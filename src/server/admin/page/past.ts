import type { SampleView } from '../source.js';
import { ask } from './client.js';
import { HISTORY_MS, type Point } from './history.js';

/** Pages whose past is drawn in the overview. */
const PAGES = 40;
const POINTS = 360;

/** What the daemon remembers of a page, or of the hottest ones for `path` null; nothing where it does not say. */
export async function readPast(path: string | null): Promise<ReadonlyMap<string, readonly Point[]>> {
  if (path === null) {
    const answer = await ask<{ pages: readonly { page: string; samples: readonly SampleView[] }[] }>(
      `/api/v1/recent?top=${PAGES}`,
    );
    return new Map(answer.ok ? answer.value.pages.map(({ page, samples }) => [page, points(samples)]) : []);
  }
  const answer = await ask<{ series: readonly SampleView[] }>(
    `/api/v1/series?page=${encodeURIComponent(path)}&from=-${HISTORY_MS / 60_000}m&points=${POINTS}`,
  );
  return new Map(answer.ok ? [[path, points(answer.value.series)]] : []);
}

function points(samples: readonly SampleView[]): readonly Point[] {
  return samples.map(({ at, demand, queryRate, requestRate, desired, serving }) => ({
    at: Date.parse(at),
    demand,
    queryRate,
    requestRate,
    desired,
    serving,
  }));
}
