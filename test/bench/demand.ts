import { LoadBook } from '../../src/load/load-book.js';
import { batchesOf, queriesOf } from '../helpers/cache-model.js';
import type { Bench } from './figure.js';

const HOST = 'page.example';
const CACHES = 200;
const TTL = 30;
const SECONDS = 600;
/** Visits per second. */
const DEMANDS = [10, 100, 1_000];
const SETTINGS = { stableWindow: 60_000, panicWindow: 6_000, ignores: () => false };

interface Ratios {
  readonly demand: number;
  readonly queryRate: number;
}

/** Estimate over truth, and query rate over truth, meaned over the last half of a run in virtual time. */
function ratiosAt(demand: number): Ratios {
  const book = new LoadBook({ settingsFor: () => SETTINGS });
  const sum = { demand: 0, queryRate: 0, samples: 0 };
  const model = { seed: 1, caches: CACHES, demand, ttl: TTL, seconds: SECONDS };
  for (const batch of batchesOf(queriesOf(model), 100, SECONDS * 1_000)) {
    book.addQueries(batch);
    if (batch.to < (SECONDS * 1_000) / 2 || batch.to % 5_000 !== 0) continue;
    const load = book.load(HOST, batch.to);
    sum.demand += load.demand?.stable ?? Number.NaN;
    sum.queryRate += load.queryRate?.stable ?? Number.NaN;
    sum.samples += 1;
  }
  return {
    demand: sum.demand / sum.samples / demand,
    queryRate: sum.queryRate / sum.samples / demand,
  };
}

export const figures: readonly Bench[] = [
  {
    name: `demand estimate against the true rate, ${CACHES} caches with Zipf sizes, TTL ${TTL} s`,
    run: async () =>
      DEMANDS.map((demand) => {
        const ratios = ratiosAt(demand);
        return {
          name: `demand estimate / truth at ${demand} visits/s`,
          value: ratios.demand,
          unit: 'ratio',
          peer: { name: 'raw query rate / truth', value: ratios.queryRate },
          goal: '0.7 to 1.3',
          note: 'simulated caches in virtual time, the same numbers in every run',
        };
      }),
  },
];
