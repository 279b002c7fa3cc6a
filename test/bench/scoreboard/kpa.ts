import { type Autoscaler, SampledRate, type Sight } from './pods.js';

/** `config-autoscaler` of Knative Serving as it is installed. */
const TICK_MS = 2_000;
const SCRAPE_MS = 1_000;
const STABLE_MS = 60_000;
const PANIC_MS = 6_000;
const PANIC_THRESHOLD = 2;
const MAX_SCALE_UP_RATE = 1_000;
const MAX_SCALE_DOWN_RATE = 2;
const SCALE_TO_ZERO_GRACE_MS = 30_000;

/**
 * Knative's pod autoscaler (knative.dev, "Autoscaling", and the comments of `config-autoscaler`), by requests per
 * second. Its target utilization of 70 % is left out: it would aim at fewer requests for each pod than the others do.
 */
export class KnativePodAutoscaler implements Autoscaler {
  readonly #target: number;
  readonly #max: number;
  readonly #stable = new SampledRate(SCRAPE_MS, STABLE_MS, SCRAPE_MS);
  readonly #panic = new SampledRate(SCRAPE_MS, PANIC_MS, SCRAPE_MS);
  #panicUntil = 0;
  #panicPods = 0;
  #zeroSince: number | null = null;
  #next = TICK_MS;
  #seen = 0;

  constructor(target: number, max: number) {
    this.#target = target;
    this.#max = max;
  }

  desired({ now, requests, ready, replicas }: Sight): number | null {
    this.#stable.look(now, requests);
    this.#panic.look(now, requests);
    // The activator holds the first request and asks for a pod at once.
    const isNew = requests > this.#seen;
    this.#seen = requests;
    if (replicas === 0 && isNew) return 1;
    if (now < this.#next) return null;
    this.#next += TICK_MS;
    const stable = this.#stable.perSecond;
    const panic = this.#panic.perSecond;
    if (stable === null || panic === null) return null;
    const desired = this.#atZero(this.#decide(stable, panic, ready, now), replicas, now);
    return desired === replicas ? null : desired;
  }

  #decide(stableRate: number, panicRate: number, ready: number, now: number): number {
    const pods = Math.max(1, ready);
    const highest = Math.ceil(MAX_SCALE_UP_RATE * pods);
    const lowest = Math.floor(ready / MAX_SCALE_DOWN_RATE);
    const within = (wanted: number): number => Math.min(Math.max(wanted, lowest), highest);
    const stable = within(Math.ceil(stableRate / this.#target));
    const panicWanted = Math.ceil(panicRate / this.#target);
    const panic = within(panicWanted);
    if (panicWanted / pods >= PANIC_THRESHOLD) {
      if (now >= this.#panicUntil) this.#panicPods = ready;
      this.#panicUntil = now + STABLE_MS;
    }
    if (now >= this.#panicUntil) return Math.min(stable, this.#max);
    // While it panics it only goes up.
    this.#panicPods = Math.max(this.#panicPods, panic);
    return Math.min(this.#panicPods, this.#max);
  }

  #atZero(desired: number, replicas: number, now: number): number {
    if (desired > 0) {
      this.#zeroSince = null;
      return desired;
    }
    this.#zeroSince ??= now;
    return now - this.#zeroSince >= SCALE_TO_ZERO_GRACE_MS ? 0 : Math.min(1, replicas);
  }
}
