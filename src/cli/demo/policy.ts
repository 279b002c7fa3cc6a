import type { LocalDriver } from '../drivers.js';

/**
 * The policy of the demo: the usual rules with windows short enough for the whole story to fit into a minute. In
 * TypeScript and not among the shipped policies, since nobody should run a real site with it.
 */
export function demoPolicy(driver: LocalDriver): string {
  return `version: 1
name: demo
match: { pages: ["/**"] }
minReplicas: 0
maxReplicas: 4
metric:
  type: demand
  target: 40                 # visits per second and replica
  activation: 12
  stableWindow: 4s
  panic: { window: 500ms, threshold: 2 }
behavior:
  scaleUp:
    policies: [{ type: Replicas, value: 4, period: 1s }]
  scaleDown:
    stabilizationWindow: 5s
    policies: [{ type: Replicas, value: 4, period: 1s }]
cooldown: { scaleUp: 0s, scaleDown: 0s, toZero: 0s }
budget: { maxInstances: 8 }
placement: [{ driver: ${driver} }]
instance: { bootTimeout: 5s }
probe: { period: 200ms, timeout: 2s, successThreshold: 1, failureThreshold: 5 }
backoff: { initial: 1s, max: 10s, resetAfter: 1m, quarantineAfter: 5 }
dns:
  ttl: 5s
  minTtl: 2s                 # while replicas come or go
  includeOrigin: whenBelowTarget
  drain: { gracePeriod: 1s, maxDuration: 15s, untilIdle: true }
`;
}
