import type { PageView } from './source.js';

/** What is known of how much a page is wanted, per second. */
export function heat(page: Pick<PageView, 'demand' | 'requestRate' | 'queryRate'>): number {
  return Math.max(page.demand ?? 0, page.requestRate ?? 0, page.queryRate ?? 0);
}

/** Replicas that exist or are to exist. */
function size(page: PageView): number {
  return Math.max(page.desired, page.serving + page.booting + page.draining);
}

/** Hottest first; among equals those with more replicas, then by path, so that the order stands still. */
export function byHeat(pages: readonly PageView[]): readonly PageView[] {
  return [...pages].sort(
    (a, b) => heat(b) - heat(a) || size(b) - size(a) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
}
