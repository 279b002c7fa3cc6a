import { heat } from '../heat.js';
import type { PageView } from '../source.js';

/** As much load, per second, as shows in the figures. */
const WARM = 0.1;

/** It has servers of its own, or is to have some. */
export function isHot({ desired, serving, booting }: PageView): boolean {
  return desired + serving + booting > 0;
}

/** Requests tell more than queries do: many come past the name server. */
export function isByRequests({ demand, requestRate }: PageView): boolean {
  return (requestRate ?? 0) > (demand ?? 0);
}

/** There is something to see: load, replicas, or an order of its own. */
export function isWarm(page: PageView): boolean {
  return heat(page) >= WARM || isHot(page) || page.draining > 0 || page.pinned !== null;
}
