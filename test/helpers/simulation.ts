import type { Policy } from '../../src/policy/policy.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import { BOOT_MODELS } from '../../src/simulate/boots.js';
import { goalOf } from '../../src/simulate/goal.js';
import { SimulatedHotzone } from '../../src/simulate/hotzone.js';
import type { PageFigures } from '../../src/simulate/page-tally.js';
import { seededRandom } from '../../src/simulate/random.js';
import type { HotzoneOptions } from '../../src/simulate/settings.js';
import { simulate } from '../../src/simulate/simulate.js';
import { type Demand, plainCaches, syntheticWorkload } from '../../src/simulate/synthetic.js';
import type { System } from '../../src/simulate/system.js';
import type { CacheKind, Workload } from '../../src/simulate/workload.js';

export const ORIGIN = '192.0.2.1';

/** hotzone with one policy for every page, and what else a test is about. */
export function hotzoneOf(
  workload: Workload,
  policy: Policy,
  options: Partial<HotzoneOptions> = {},
): SimulatedHotzone {
  const pool = parseAddressPool(['127.77.0.0/16'], 'pool');
  if (!pool.ok) throw new Error('the pool is none');
  const settings: HotzoneOptions = {
    policyOf: () => policy,
    originAddresses: [ORIGIN],
    pool: pool.value,
    maxInstances: 100,
    maxHourlyCost: null,
    boots: BOOT_MODELS,
    originTells: true,
    wallAtStart: Date.UTC(2026, 10, 24),
    meanLifeMs: null,
    ...options,
  };
  return new SimulatedHotzone(workload.pages, settings, seededRandom(2));
}

export function runOf(workload: Workload, policy: Policy, system: System): readonly PageFigures[] {
  return simulate(system, workload, () => ({ policy: policy.name, goal: goalOf(policy) }), seededRandom(3));
}

/** What became of the only page. */
export function figuresOf(
  workload: Workload,
  policy: Policy,
  options: Partial<HotzoneOptions> = {},
): PageFigures {
  const [figures] = runOf(workload, policy, hotzoneOf(workload, policy, options));
  if (figures === undefined) throw new Error('there is no page');
  return figures;
}

/** One page behind a hundred caches. */
export function crowdOf(seconds: number, demand: Demand, kind: Partial<CacheKind> = {}): Workload {
  const pages = [{ path: '/a.html', host: 'a.example.test', demand }];
  return syntheticWorkload({ pages, seconds, caches: plainCaches(100, kind), seed: 1 });
}
