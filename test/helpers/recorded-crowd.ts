import { Caches } from '../../src/simulate/caches.js';
import { plainCaches, syntheticWorkload } from '../../src/simulate/synthetic.js';

export const RECORDED_AT = Date.UTC(2026, 10, 24, 12);
const TTL_MS = 30_000;

/** What a name server would have written down, as CSV: each page has a crowd for a while, one after the other. */
export function crowdCsv(hosts: readonly string[], seconds: number): string {
  const share = seconds / (hosts.length + 1);
  const pages = hosts.map((host, page) => ({
    path: `/${host}`,
    host,
    demand: (second: number) => (second >= page * share && second < (page + 1) * share ? 45 : 2),
  }));
  const workload = syntheticWorkload({ pages, seconds, caches: plainCaches(60), seed: 1 });
  const lines = ['time,source,name,type'];
  const caches = new Caches(workload.caches, pages.length);
  const system = {
    ask: (page: number, source: string, at: number) => {
      lines.push(`${((RECORDED_AT + at) / 1_000).toFixed(3)},${source},${hosts[page]},A`);
      return { ttlMs: TTL_MS, addresses: [] };
    },
    serverAt: () => null,
    step: () => undefined,
    standing: () => ({ serving: 0, alive: 0, desired: 0, changes: 0, hourlyCost: 0 }),
  };
  for (const { at, page, cache } of workload.visits()) caches.lookUp(system, cache, page, at);
  return `${lines.join('\n')}\n`;
}
