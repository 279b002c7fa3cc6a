import type { ControlEvent } from '../../control/events.js';
import type { Driver, DriverFailure } from '../../driver/driver.js';
import type { DriverName, Policy } from '../../policy/policy.js';
import type { Logger } from '../../telemetry/log.js';

/** Which drivers cannot run on this host, and why; only those count that a policy in force names. */
export class DriverHealth {
  readonly #drivers: readonly Driver[];
  readonly #log: Pick<Logger, 'error'>;
  readonly #failures = new Map<DriverName, DriverFailure>();
  /** Those that have been found fit, or have booted a replica: they need not look again. */
  readonly #fit = new Set<DriverName>();

  constructor(drivers: readonly Driver[], log: Pick<Logger, 'error'>) {
    this.#drivers = drivers;
    this.#log = log;
  }

  failure(driver: DriverName): DriverFailure | null {
    return this.#failures.get(driver) ?? null;
  }

  /**
   * Has the drivers look at this host, so that the first boot need not wait for that. One that cannot work here is no
   * reason not to answer: the origin serves meanwhile.
   */
  async check(policies: readonly Policy[]): Promise<void> {
    const placements = policies.flatMap(({ enabled, placement }) => (enabled ? placement : []));
    const named = new Set(placements.map(({ driver }) => driver));
    const unknown = this.#drivers.filter(({ name }) => named.has(name) && !this.#fit.has(name));
    await Promise.all(unknown.map((driver) => this.#checkOne(driver)));
  }

  /** The operator may have mended it meanwhile; a replica that boots is the proof. */
  note(event: ControlEvent): void {
    if (event.kind === 'called' && event.operation === 'create' && event.result === 'ok')
      this.#isFit(event.driver);
  }

  async #checkOne(driver: Driver): Promise<void> {
    const failure = await driver.check();
    if (failure === null) return this.#isFit(driver.name);
    this.#failures.set(driver.name, failure);
    this.#log.error({ driver: driver.name, ...failure }, 'a driver cannot run replicas on this host');
  }

  #isFit(driver: DriverName): void {
    this.#failures.delete(driver);
    this.#fit.add(driver);
  }
}
