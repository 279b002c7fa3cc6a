import type { DriverName } from '../policy/policy.js';

/** How long a driver's replicas take until they serve, and how many of them start at a time. */
export interface BootModel {
  readonly ms: number;
  readonly atOnce: number;
}

/**
 * What was seen of this program's own drivers on a machine with two processors (`npm run bench`), and for ec2 what
 * Colin Percival's ec2-boot-bench saw of its service alone (daemonology.net, 12 August 2021: 1.5 s for the call and 4.9 s
 * until the machine runs), with some for what runs in it.
 */
export const BOOT_MODELS: Readonly<Record<DriverName, BootModel>> = {
  process: { ms: 250, atOnce: 8 },
  qemu: { ms: 400, atOnce: 2 },
  xl: { ms: 700, atOnce: 1 },
  ec2: { ms: 10_000, atOnce: 100 },
};

/** Replicas that boot, a few at a time and the others in their turn. */
export class BootQueue {
  readonly #models: Readonly<Record<DriverName, BootModel>>;
  readonly #waiting: { readonly id: string; readonly driver: DriverName }[] = [];
  readonly #booting = new Map<string, { readonly driver: DriverName; readonly readyAt: number }>();

  constructor(models: Readonly<Record<DriverName, BootModel>>) {
    this.#models = models;
  }

  add(id: string, driver: DriverName): void {
    this.#waiting.push({ id, driver });
  }

  /** Forgets one that is not wanted any more, or has been seen to serve. */
  remove(id: string): void {
    const place = this.#waiting.findIndex((other) => other.id === id);
    if (place >= 0) this.#waiting.splice(place, 1);
    this.#booting.delete(id);
  }

  isReady(id: string, now: number): boolean {
    return now >= (this.#booting.get(id)?.readyAt ?? Number.POSITIVE_INFINITY);
  }

  /** Those that their driver has begun to start now. */
  begin(now: number): readonly string[] {
    const begun: string[] = [];
    for (let place = 0; place < this.#waiting.length; ) {
      const next = this.#waiting[place];
      if (next === undefined) break;
      const { ms, atOnce } = this.#models[next.driver];
      const underWay = [...this.#booting.values()].filter(
        ({ driver, readyAt }) => driver === next.driver && readyAt > now,
      );
      if (underWay.length >= atOnce) {
        place += 1;
        continue;
      }
      this.#waiting.splice(place, 1);
      this.#booting.set(next.id, { driver: next.driver, readyAt: now + ms });
      begun.push(next.id);
    }
    return begun;
  }
}
