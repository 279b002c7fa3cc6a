import type { Answer, Server, Standing, System } from '../../../src/simulate/system.js';

const TTL_MS = 30_000;
const SECOND_MS = 1_000;

/** What an autoscaler of servers behind a load balancer may look at. */
export interface Sight {
  /** Milliseconds since the start. */
  readonly now: number;
  /** Requests that all servers have answered so far: what their counters add up to. */
  readonly requests: number;
  readonly ready: number;
  /** Servers that exist, ready or not. */
  readonly replicas: number;
}

/** A rule that says how many servers a page shall have. It is asked often, and keeps its own pace. */
export interface Autoscaler {
  /** The number that is wanted from now on; null: no change. */
  desired(sight: Sight): number | null;
}

interface Pod extends Server {
  readonly readyAt: number;
}

interface Deployment {
  readonly autoscaler: Autoscaler;
  pods: Pod[];
  /** When servers that were taken away have ended. */
  ending: number[];
  requests: number;
  desired: number;
  changes: number;
  turn: number;
}

export interface PodsOptions {
  /** Milliseconds until a server is ready, and for which one that gets no more requests still exists. */
  readonly startMs: number;
  readonly endMs: number;
  readonly initial: number;
  readonly autoscaler: () => Autoscaler;
}

/**
 * Pages behind a load balancer, each with servers of its own: a name always has the same address, and new servers get
 * their share at once and evenly.
 */
export class PodsBehindBalancer implements System {
  readonly #deployments: readonly Deployment[];
  readonly #startMs: number;
  readonly #endMs: number;

  constructor(pages: number, { startMs, endMs, initial, autoscaler }: PodsOptions) {
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#deployments = Array.from({ length: pages }, (_, page) => ({
      autoscaler: autoscaler(),
      ending: [],
      pods: Array.from({ length: initial }, () => ({ page, visits: 0, readyAt: 0 })),
      requests: 0,
      desired: initial,
      changes: 0,
      turn: 0,
    }));
  }

  ask(): Answer {
    return { ttlMs: TTL_MS, addresses: ['balancer'] };
  }

  /** Requests that find no server wait in the balancer, and count when they come. */
  serverAt(page: number): Server | null {
    const deployment = this.#deployment(page);
    deployment.requests += 1;
    deployment.turn += 1;
    return deployment.pods[deployment.turn % Math.max(1, deployment.pods.length)] ?? null;
  }

  step(now: number): void {
    for (const [page, deployment] of this.#deployments.entries()) {
      const { pods, requests, autoscaler } = deployment;
      if (deployment.ending.length > 0) deployment.ending = deployment.ending.filter((end) => end > now);
      const ready = pods.filter(({ readyAt }) => readyAt <= now).length;
      const desired = autoscaler.desired({ now, requests, ready, replicas: pods.length });
      if (desired === null || desired === pods.length) continue;
      deployment.changes += 1;
      deployment.desired = desired;
      if (desired < pods.length) {
        deployment.pods = pods.slice(0, desired);
        for (let pod = desired; pod < pods.length; pod += 1) deployment.ending.push(now + this.#endMs);
      } else
        for (let pod = pods.length; pod < desired; pod += 1)
          pods.push({ page, visits: 0, readyAt: now + this.#startMs });
    }
    this.#now = now;
  }

  standing(page: number): Standing {
    const { pods, ending, desired, changes } = this.#deployment(page);
    const serving = pods.filter(({ readyAt }) => readyAt <= this.#now).length;
    return { serving, alive: pods.length + ending.length, desired, changes, hourlyCost: 0 };
  }

  #now = 0;

  #deployment(page: number): Deployment {
    const deployment = this.#deployments[page];
    if (deployment === undefined) throw new Error(`there is no page ${page}`);
    return deployment;
  }
}

/** The rate of a counter over a window that ends now, from samples taken at a pace. */
export class SampledRate {
  readonly #everyMs: number;
  readonly #windowMs: number;
  readonly #samples: { readonly at: number; readonly total: number }[] = [];
  #next: number;

  constructor(everyMs: number, windowMs: number, firstAt: number) {
    this.#everyMs = everyMs;
    this.#windowMs = windowMs;
    this.#next = firstAt;
  }

  /** Takes a sample when it is due. */
  look(now: number, total: number): void {
    if (now < this.#next) return;
    this.#next += this.#everyMs;
    this.#samples.push({ at: now, total });
    while ((this.#samples[0]?.at ?? now) < now - this.#windowMs) this.#samples.shift();
  }

  /** Events per second between the first and the last sample of the window; null before there are two. */
  get perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return null;
    return ((last.total - first.total) * SECOND_MS) / (last.at - first.at);
  }
}
