import { type Autoscaler, SampledRate, type Sight } from './pods.js';

/** kube-controller-manager's `--horizontal-pod-autoscaler-sync-period`. */
const SYNC_MS = 15_000;
const TOLERANCE = 0.1;
/** `spec.behavior` of autoscaling/v2 when none is given. */
const DOWN_STABILIZATION_MS = 300_000;
const UP_PERIOD_MS = 15_000;
const UP_PODS = 4;
const UP_SHARE = 1;
/**
 * Requests per second come to it through Prometheus and its adapter: counters scraped every 15 s, and their rate over a
 * minute. Usual set-ups are slower (Prometheus scrapes once a minute unless told, adapters take 2 or 5 minutes).
 */
const SCRAPE_MS = 15_000;
const RATE_MS = 60_000;
/** Neither clock waits for the other. */
const SCRAPE_PHASE_MS = 7_000;

/**
 * Kubernetes' HorizontalPodAutoscaler (kubernetes.io, "Horizontal Pod Autoscaling", "Algorithm details" and "Default
 * behavior"), by requests per second with an `averageValue`.
 */
export class HorizontalPodAutoscaler implements Autoscaler {
  readonly #target: number;
  readonly #max: number;
  readonly #rate = new SampledRate(SCRAPE_MS, RATE_MS, SCRAPE_PHASE_MS);
  readonly #recommendations: { readonly at: number; readonly replicas: number }[] = [];
  readonly #ups: { readonly at: number; readonly by: number }[] = [];
  #next = SYNC_MS;

  constructor(target: number, max: number) {
    this.#target = target;
    this.#max = max;
  }

  desired({ now, requests, replicas }: Sight): number | null {
    this.#rate.look(now, requests);
    if (now < this.#next) return null;
    this.#next += SYNC_MS;
    const rate = this.#rate.perSecond;
    if (rate === null) return null;
    const ratio = rate / (this.#target * replicas);
    const wanted = Math.abs(ratio - 1) <= TOLERANCE ? replicas : Math.ceil(rate / this.#target);
    const desired = this.#limited(this.#stabilized(wanted, now), replicas, now);
    return desired === replicas ? null : desired;
  }

  /** Down only to the most that was recommended in the last five minutes. */
  #stabilized(wanted: number, now: number): number {
    this.#recommendations.push({ at: now, replicas: wanted });
    while ((this.#recommendations[0]?.at ?? now) <= now - DOWN_STABILIZATION_MS)
      this.#recommendations.shift();
    return this.#recommendations.reduce((most, { replicas }) => Math.max(most, replicas), wanted);
  }

  /** Up by four pods or by as many as there are within 15 s, whichever is more; down as it likes. */
  #limited(wanted: number, replicas: number, now: number): number {
    while ((this.#ups[0]?.at ?? now) <= now - UP_PERIOD_MS) this.#ups.shift();
    const start = replicas - this.#ups.reduce((sum, { by }) => sum + by, 0);
    const limit = Math.max(start + UP_PODS, Math.ceil(start * (1 + UP_SHARE)));
    const desired = Math.max(1, Math.min(wanted, this.#max, Math.max(limit, replicas)));
    if (desired > replicas) this.#ups.push({ at: now, by: desired - replicas });
    return desired;
  }
}
