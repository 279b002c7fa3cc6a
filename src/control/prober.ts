import type { ProbeSettings } from '../policy/policy.js';
import type { ProbeOutcome } from '../scale/probing.js';
import type { Replica } from '../scale/replica.js';
import type { Catalogue } from './catalogue.js';
import type { Fleet } from './fleet.js';
import { probe } from './probe.js';

/** Right after the start nothing listens yet; soon after it does, and a refused connection costs next to nothing. */
const BOOT_INTERVAL_MIN_MS = 8;
const BOOT_INTERVAL_MAX_MS = 250;
const BOOT_INTERVAL_GROWTH = 1.3;
/** One failure is doubt; doubt is settled quickly, since visitors are being sent there. */
const DOUBT_INTERVAL_MS = 200;

export interface ProberOptions {
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  /** The port that replicas listen on. */
  readonly port: number;
  onOutcome(id: string, outcome: ProbeOutcome): void;
}

/** One prober per replica, for as long as it boots or serves. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #sent = new Map<string, number>();
  #isStopped = false;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Begins at once; a second start of the same replica has no effect. */
  start(id: string): void {
    if (!this.#isStopped && !this.#timers.has(id)) this.#schedule(id, 0, BOOT_INTERVAL_MIN_MS);
  }

  stop(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** The replica is gone, and its counter with it. */
  forget(id: string): void {
    this.stop(id);
    this.#sent.delete(id);
  }

  /** For good: what a driver reports from now on starts nothing. */
  stopAll(): void {
    this.#isStopped = true;
    for (const id of [...this.#timers.keys()]) this.stop(id);
  }

  /** Probes sent to the replica so far: its request counter has them, and visitors did not send them. */
  sent(id: string): number {
    return this.#sent.get(id) ?? 0;
  }

  #schedule(id: string, delayMs: number, bootIntervalMs: number): void {
    const timer = setTimeout(() => void this.#probe(id, bootIntervalMs, timer), delayMs);
    this.#timers.set(id, timer);
  }

  async #probe(id: string, bootIntervalMs: number, timer: NodeJS.Timeout): Promise<void> {
    const { catalogue, fleet, port } = this.#options;
    const replica = fleet.get(id);
    const known = replica && catalogue.get(replica.page);
    // Without a page there is nothing to compare with, and without a policy no reason to ask.
    if (replica === undefined || !known?.policy) return this.stop(id);
    const { page, policy, host } = known;
    const target = {
      address: replica.address,
      port,
      host,
      urlPath: page.urlPath,
      bundle: page.bundle,
      bodySha256: policy.probe.bodySha256,
    };
    const outcome = await probe(target, replica.state !== 'serving', policy.probe.timeout);
    if (outcome.kind !== 'unreachable' && fleet.get(id) !== undefined) this.#sent.set(id, this.sent(id) + 1);
    // Stopped, or started anew, while the answer was awaited: the outcome is about a replica of the past.
    if (this.#timers.get(id) !== timer) return;
    this.#options.onOutcome(id, outcome);
    const now = fleet.get(id);
    if (now === undefined || this.#timers.get(id) !== timer) return;
    this.#schedule(
      id,
      interval(now, outcome, policy.probe, bootIntervalMs),
      Math.min(BOOT_INTERVAL_MAX_MS, bootIntervalMs * BOOT_INTERVAL_GROWTH),
    );
  }
}

function interval(
  replica: Replica,
  outcome: ProbeOutcome,
  settings: ProbeSettings,
  bootIntervalMs: number,
): number {
  if (replica.state === 'serving')
    return outcome.kind === 'ok' ? settings.period : Math.min(settings.period, DOUBT_INTERVAL_MS);
  return outcome.kind === 'wrong' ? Math.min(settings.period, DOUBT_INTERVAL_MS) : bootIntervalMs;
}
