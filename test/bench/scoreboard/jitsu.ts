import type { Answer, Server, Standing, System } from '../../../src/simulate/system.js';

/** Jitsu's `-t`, and what of it a machine may be silent for. */
const TTL_MS = 60_000;
const SILENCE_TTLS = 2;
const SWEEP_MS = 5_000;

interface Machine {
  readonly server: Server;
  bootedAt: number | null;
  lastQuery: number;
  changes: number;
}

/**
 * Jitsu (mirage/jitsu, `src/jitsu.ml`): a query boots the name's machine, and one whose name nobody has asked for in
 * twice its TTL is stopped by a sweep. Each name has one machine, however many want it.
 */
export class Jitsu implements System {
  readonly #machines: readonly Machine[];
  readonly #bootMs: number;
  #now = 0;
  #sweepAt = SWEEP_MS;

  constructor(pages: number, bootMs: number) {
    this.#bootMs = bootMs;
    this.#machines = Array.from({ length: pages }, (_, page) => ({
      server: { page, visits: 0 },
      bootedAt: null,
      lastQuery: 0,
      changes: 0,
    }));
  }

  ask(page: number, _source: string, at: number): Answer {
    const machine = this.#machine(page);
    machine.lastQuery = at;
    if (machine.bootedAt === null) {
      machine.bootedAt = at;
      machine.changes += 1;
    }
    return { ttlMs: TTL_MS, addresses: ['machine'] };
  }

  /** A visit that comes while it boots waits for it. */
  serverAt(page: number): Server | null {
    const { server, bootedAt } = this.#machine(page);
    return bootedAt === null ? null : server;
  }

  step(now: number): void {
    this.#now = now;
    if (now < this.#sweepAt) return;
    this.#sweepAt += SWEEP_MS;
    for (const machine of this.#machines) {
      if (machine.bootedAt === null || now - machine.lastQuery <= SILENCE_TTLS * TTL_MS) continue;
      machine.bootedAt = null;
      machine.changes += 1;
    }
  }

  standing(page: number): Standing {
    const { bootedAt, changes } = this.#machine(page);
    const alive = bootedAt === null ? 0 : 1;
    const serving = bootedAt !== null && this.#now >= bootedAt + this.#bootMs ? 1 : 0;
    return { serving, alive, desired: alive, changes, hourlyCost: 0 };
  }

  #machine(page: number): Machine {
    const machine = this.#machines[page];
    if (machine === undefined) throw new Error(`there is no page ${page}`);
    return machine;
  }
}
