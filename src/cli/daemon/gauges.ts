import type { Controller } from '../../control/controller.js';
import type { Driver } from '../../driver/driver.js';
import type { Policy } from '../../policy/policy.js';
import type { Decision } from '../../scale/decide.js';
import { Ledger } from '../../scale/ledger.js';
import type { Reason } from '../../scale/reason.js';
import { isAlive, type Replica } from '../../scale/replica.js';
import type { Metrics } from '../../telemetry/recorder.js';
import type { DriverHealth } from './driver-health.js';

const MILLISECONDS_PER_SECOND = 1_000;
const MILLISECONDS_PER_HOUR = 3_600_000;

/** What the gauges show of it. */
type Shown = Pick<Controller, 'state' | 'counters'>;

export interface GaugeSources {
  readonly controller: Shown;
  readonly health: Pick<DriverHealth, 'failure'>;
  readonly drivers: readonly Pick<Driver, 'name'>[];
}

/** What sets the gauges after each pass, and takes away those of pages and policies that nothing is decided about any more. */
export function gaugeSetter(metrics: Metrics): (sources: GaugeSources) => void {
  let pages: ReadonlySet<string> = new Set();
  let policies: ReadonlySet<string> = new Set();
  let paidUntil: number | null = null;
  return ({ controller, health, drivers }) => {
    const { decisions, catalogue, clock, fleet } = controller.state;
    const ledger = new Ledger(fleet.all(), catalogue.policies, controller.state);
    const now = clock.now();
    if (paidUntil !== null) countCosts(metrics, fleet.all(), ledger, paidUntil, now);
    paidUntil = now;
    const present = new Set(decisions.keys());
    const named = new Set(catalogue.policies.map(({ name }) => name));
    for (const page of pages) if (!present.has(page)) metrics.forgetPage(page);
    for (const policy of policies) if (!named.has(policy)) metrics.forgetPolicy(policy);
    [pages, policies] = [present, named];
    setInstances(metrics, controller);
    setTotals(metrics, controller, ledger);
    setPages(metrics, controller);
    setPolicies(metrics, controller, ledger);
    setDrivers(metrics, { controller, health, drivers });
  };
}

function setInstances(metrics: Metrics, controller: Shown): void {
  const states = new Map<string, { driver: Replica['driver']; state: Replica['state']; count: number }>();
  const connections = new Map<Replica['driver'], number>();
  for (const { id, driver, state } of controller.state.fleet.all()) {
    const key = `${driver} ${state}`;
    states.set(key, { driver, state, count: (states.get(key)?.count ?? 0) + 1 });
    const open = controller.counters(id)?.openConnections ?? 0;
    connections.set(driver, (connections.get(driver) ?? 0) + open);
  }
  metrics.setInstances([...states.values()]);
  metrics.setConnections([...connections].map(([driver, count]) => ({ driver, connections: count })));
}

/** By the hour, though whoever is paid may count begun ones: from the later of the last pass and the intent to boot. */
function countCosts(
  metrics: Metrics,
  replicas: readonly Replica[],
  ledger: Ledger,
  from: number,
  to: number,
): void {
  for (const replica of replicas.filter(isAlive)) {
    const hours = Math.max(0, to - Math.max(from, replica.createdAt)) / MILLISECONDS_PER_HOUR;
    metrics.countCost(replica.driver, ledger.priceOf(replica) * hours);
  }
}

function setDrivers(metrics: Metrics, { controller: { state }, health, drivers }: GaugeSources): void {
  const { clock, breakers, actuator } = state;
  for (const { name: driver } of drivers) {
    const left = (breakers.resting.get(driver) ?? 0) - clock.now();
    metrics.setDriver({
      driver,
      usable: health.failure(driver) === null,
      waiting: actuator.waiting.get(driver) ?? 0,
      backoffUntil: left > 0 ? (clock.wall() + left) / MILLISECONDS_PER_SECOND : 0,
    });
  }
}

function setTotals(metrics: Metrics, { state }: Shown, ledger: Ledger): void {
  const hot = new Set(state.fleet.all().map(({ page }) => page));
  for (const { page, desired } of state.decisions.values()) if (desired > 0) hot.add(page);
  const { instances, hourlyCost } = ledger.standing(null);
  metrics.setTotals({
    sitePages: state.catalogue.size,
    hotPages: hot.size,
    budgetUsed: instances,
    budgetMax: state.maxInstances,
    cost: hourlyCost,
    maxCost: state.maxHourlyCost,
  });
}

function setPages(metrics: Metrics, { state: { catalogue, decisions } }: Shown): void {
  for (const { page, desired, serving, measured: load } of decisions.values()) {
    const policy = catalogue.get(page)?.policy;
    if (policy === null || policy === undefined) continue;
    const missing = policy.dryRun ? 0 : Math.max(0, desired - serving);
    const { maxReplicas: max, metric } = policy;
    metrics.setPage({ page, load, target: metric.target, desired, ready: serving, missing, max });
  }
}

function setPolicies(metrics: Metrics, { state: { catalogue, decisions } }: Shown, ledger: Ledger): void {
  const byPolicy = new Map<string, Decision[]>(catalogue.policies.map(({ name }) => [name, []]));
  for (const decision of decisions.values()) byPolicy.get(decision.policy)?.push(decision);
  for (const policy of catalogue.policies)
    setPolicy(metrics, policy, byPolicy.get(policy.name) ?? [], ledger);
}

function setPolicy(metrics: Metrics, policy: Policy, own: readonly Decision[], ledger: Ledger): void {
  const measured = own.filter((decision) => decision.measured !== null);
  const pagesByReason = countReasons(own);
  metrics.setPolicy({
    policy: policy.name,
    metricValue: measured.length === 0 ? null : sum(measured, ({ measured: load }) => load?.stable ?? 0),
    target: policy.metric.target,
    desired: sum(own, ({ desired }) => desired),
    ready: sum(own, ({ serving }) => serving),
    max: policy.budget.maxInstances,
    hourlyCost: ledger.standing(policy.name).hourlyCost,
    maxHourlyCost: policy.budget.maxHourlyCost,
    panic: own.some(({ panicking }) => panicking),
    dryRun: policy.dryRun,
    pagesByReason,
  });
}

/** How many decisions each reason has a part in. There may be thousands, and most of their steps say nothing. */
function countReasons(decisions: readonly Decision[]): ReadonlyMap<Reason, number> {
  const counts = new Map<Reason, number>();
  const countedFor = new Map<Reason, Decision>();
  for (const decision of decisions)
    for (const { reason } of decision.chain) {
      if (reason === 'DesiredWithinRange' || countedFor.get(reason) === decision) continue;
      countedFor.set(reason, decision);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  return counts;
}

function sum(decisions: readonly Decision[], of: (decision: Decision) => number): number {
  return decisions.reduce((total, decision) => total + of(decision), 0);
}
