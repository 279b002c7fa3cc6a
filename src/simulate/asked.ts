import type { QueryBatch, RequestCount } from '../load/batch.js';

/** Events by host since the last step: queries or requests, whichever are more. */
export function asked(
  { sources, rest }: QueryBatch,
  counts: readonly RequestCount[],
): ReadonlyMap<string, number> {
  const events = sum([...sources, ...rest].map(({ host, queries }) => [host, queries]));
  const requests = sum(counts.map((count) => [count.host, count.requests]));
  for (const [host, count] of requests) events.set(host, Math.max(count, events.get(host) ?? 0));
  return events;
}

function sum(entries: readonly (readonly [string, number])[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of entries) sums.set(key, (sums.get(key) ?? 0) + value);
  return sums;
}
