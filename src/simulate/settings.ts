import type { DriverName, Policy } from '../policy/policy.js';
import type { AddressPool } from '../scale/address-pool.js';
import type { BootModel } from './boots.js';

/** What a simulated daemon is given, as a real one is by its options. */
export interface HotzoneOptions {
  /** Null: the page stays on the origin. */
  readonly policyOf: (path: string) => Policy | null;
  readonly originAddresses: readonly string[];
  readonly pool: AddressPool;
  /** Instances over all policies. */
  readonly maxInstances: number;
  /** Money an hour over all policies; null: no limit. */
  readonly maxHourlyCost: number | null;
  readonly boots: Readonly<Record<DriverName, BootModel>>;
  /** Whether the origin tells how many requests it answered. */
  readonly originTells: boolean;
  /** Unix milliseconds of the start, for schedules. */
  readonly wallAtStart: number;
  /** Mean milliseconds until a serving replica dies by itself; null: none does. */
  readonly meanLifeMs: number | null;
}
