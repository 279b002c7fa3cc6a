import type { DriverName } from '../../policy/policy.js';
import { type AddressPool, parseAddressPool } from '../../scale/address-pool.js';
import { BOOT_MODELS, type BootModel } from '../../simulate/boots.js';
import type { TraceWorkload } from '../../simulate/from-trace.js';
import { goalOf } from '../../simulate/goal.js';
import { SimulatedHotzone } from '../../simulate/hotzone.js';
import type { PageFigures } from '../../simulate/page-tally.js';
import { seededRandom } from '../../simulate/random.js';
import { simulate } from '../../simulate/simulate.js';
import type { Contender } from './contenders.js';
import { type Totals, totalsOf } from './totals.js';

/** One contender's simulation. */
export interface Outcome {
  readonly contender: Contender;
  readonly figures: readonly PageFigures[];
  readonly totals: Totals;
  /** Simulated seconds per second that it took. */
  readonly speed: number;
}

export interface RunOptions {
  readonly maxInstances: number;
  readonly maxHourlyCost: number | null;
  /** Milliseconds, of whatever driver; null: what was seen of each. */
  readonly bootMs: number | null;
  readonly seed: number;
}

/** Addresses that stand for the origin (RFC 5737) and for replicas (RFC 2544); nothing is sent there. */
const ORIGIN = '192.0.2.1';
const POOL: AddressPool = poolOf('198.18.0.0/15');

export function runContender(contender: Contender, workload: TraceWorkload, options: RunOptions): Outcome {
  const { policyOf } = contender;
  const startedAt = performance.now();
  const system = new SimulatedHotzone(
    workload.pages,
    {
      policyOf,
      originAddresses: [ORIGIN],
      pool: POOL,
      maxInstances: options.maxInstances,
      maxHourlyCost: options.maxHourlyCost,
      boots: bootsOf(options.bootMs),
      originTells: true,
      wallAtStart: workload.startedAt,
      meanLifeMs: null,
    },
    seededRandom(options.seed + 1),
  );
  const figures = simulate(
    system,
    workload,
    ({ path }) => {
      const policy = policyOf(path);
      return policy === null ? null : { policy: policy.name, goal: goalOf(policy) };
    },
    seededRandom(options.seed + 2),
  );
  const speed = workload.durationMs / Math.max(1, performance.now() - startedAt);
  return { contender, figures, totals: totalsOf(figures), speed };
}

function bootsOf(bootMs: number | null): Readonly<Record<DriverName, BootModel>> {
  if (bootMs === null) return BOOT_MODELS;
  const { process, qemu, xl, ec2 } = BOOT_MODELS;
  const slowed = (model: BootModel): BootModel => ({ ...model, ms: bootMs });
  return { process: slowed(process), qemu: slowed(qemu), xl: slowed(xl), ec2: slowed(ec2) };
}

function poolOf(prefix: string): AddressPool {
  const pool = parseAddressPool([prefix], prefix);
  if (!pool.ok) throw new Error(`${prefix} is no pool`);
  return pool.value;
}
