import type { Policy } from '../../../src/policy/policy.js';
import { type Goal, goalOf } from '../../../src/simulate/goal.js';
import type { SimulatedHotzone } from '../../../src/simulate/hotzone.js';
import { seededRandom } from '../../../src/simulate/random.js';
import { simulate } from '../../../src/simulate/simulate.js';
import type { Answer, Server, Standing, System } from '../../../src/simulate/system.js';
import { hotzoneOf } from '../../helpers/simulation.js';
import { HorizontalPodAutoscaler } from './hpa.js';
import { Jitsu } from './jitsu.js';
import { KnativePodAutoscaler } from './kpa.js';
import { PodsBehindBalancer } from './pods.js';
import type { Trial } from './workloads.js';

export const CONTENDERS = ['hotzone', 'HPA', 'KPA', 'Jitsu'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** What one system made of one load, over all of its pages. */
export interface Score {
  /** Hours with too few replicas. */
  readonly short: number;
  /** Replica-hours above the ideal. */
  readonly excess: number;
  readonly changesPerHour: number;
}

/** The same for all of them: that of a unikernel, which is quicker than most pods. */
const BOOT_MS = 400;
const BOOT = { ms: BOOT_MS, atOnce: 8 };
/** The queue-proxy of each pod waits so long before it lets the pod end (knative/serving, `drainSleepDuration`). */
const KNATIVE_DRAIN_MS = 30_000;
const HOUR_S = 3_600;

export function score(name: ContenderName, trial: Trial, given: Policy): Score {
  // As the others have it, so that all begin and end with one for each page, and no budget that these do not know.
  const policy = { ...given, minReplicas: 1, budget: { ...given.budget, maxInstances: 1_000 } };
  const { workload } = trial;
  // One server is never too many, since all but hotzone need it: what an origin saves is not judged here.
  const { target, tolerance } = goalOf(policy);
  const goal: Goal = { target, tolerance, activation: target, floor: 1 };
  const figures = simulate(
    systemOf(name, trial, policy),
    workload,
    () => ({ policy: name, goal }),
    seededRandom(3),
  );
  const sum = (of: (page: (typeof figures)[number]) => number): number =>
    figures.reduce((total, page) => total + of(page), 0);
  return {
    short: sum(({ shortSeconds }) => shortSeconds) / HOUR_S,
    excess: sum(({ excessSeconds }) => excessSeconds) / HOUR_S,
    // The others are given their first server; hotzone boots it.
    changesPerHour:
      sum(({ changes }) => changes - (name === 'hotzone' ? 1 : 0)) / (workload.durationMs / 1_000 / HOUR_S),
  };
}

function systemOf(name: ContenderName, { workload, ttls }: Trial, policy: Policy): System {
  const { metric, maxReplicas } = policy;
  const pages = workload.pages.length;
  switch (name) {
    case 'hotzone': {
      const boots = { process: BOOT, qemu: BOOT, xl: BOOT, ec2: BOOT };
      return new ChangingTtl(hotzoneOf(workload, policy, { boots }), policy, ttls);
    }
    case 'HPA':
      return new PodsBehindBalancer(pages, {
        startMs: BOOT_MS,
        // A server that ends at once when it is told to: in its favour, since Kubernetes gives it 30 s.
        endMs: 0,
        initial: 1,
        autoscaler: () => new HorizontalPodAutoscaler(metric.target, maxReplicas),
      });
    case 'KPA':
      return new PodsBehindBalancer(pages, {
        startMs: BOOT_MS,
        endMs: KNATIVE_DRAIN_MS,
        initial: 1,
        autoscaler: () => new KnativePodAutoscaler(metric.target, maxReplicas),
      });
    case 'Jitsu':
      return new Jitsu(pages, BOOT_MS);
    default:
      return name satisfies never;
  }
}

/** hotzone, whose operator edits the TTL of the policy now and then. */
class ChangingTtl implements System {
  readonly #hotzone: SimulatedHotzone;
  readonly #policy: Policy;
  readonly #rest: { readonly at: number; readonly ttl: number }[];

  constructor(hotzone: SimulatedHotzone, policy: Policy, ttls: Trial['ttls']) {
    this.#hotzone = hotzone;
    this.#policy = policy;
    this.#rest = [...ttls];
  }

  ask(page: number, source: string, at: number): Answer {
    return this.#hotzone.ask(page, source, at);
  }

  serverAt(page: number, address: string): Server | null {
    return this.#hotzone.serverAt(page, address);
  }

  standing(page: number): Standing {
    return this.#hotzone.standing(page);
  }

  step(now: number, isMeasured: boolean): void {
    const next = this.#rest[0];
    if (next !== undefined && now >= next.at * 1_000) {
      this.#rest.shift();
      const policy = { ...this.#policy, dns: { ...this.#policy.dns, ttl: next.ttl } };
      this.#hotzone.replacePolicies(() => policy);
    }
    this.#hotzone.step(now, isMeasured);
  }
}
