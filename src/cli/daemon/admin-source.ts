import type { Clock } from '../../clock.js';
import type { CataloguedPage } from '../../control/catalogue.js';
import type { Controller } from '../../control/controller.js';
import { type Minute, telling } from '../../control/minutes.js';
import type { Decision } from '../../scale/decide.js';
import { Ledger } from '../../scale/ledger.js';
import { isPending, type Replica, type ReplicaState } from '../../scale/replica.js';
import { byHeat } from '../../server/admin/heat.js';
import type {
  AdminSource,
  DecidingView,
  DecisionView,
  OrderView,
  PageView,
  PlanView,
  ReplicaView,
  SampleView,
  StatusView,
} from '../../server/admin/source.js';
import type { DecisionRecord } from '../../store/decisions.js';
import type { Order } from '../../store/orders.js';
import type { Sample } from '../../store/samples.js';
import type { Metrics } from '../../telemetry/recorder.js';
import type { DriverHealth } from './driver-health.js';
import { explainPage } from './explanation.js';
import { explainPast } from './past.js';
import { pageSeries } from './series.js';

const MILLISECONDS_PER_SECOND = 1_000;
/** Passes in a row that may be missed before the loop counts as standing still. */
const HEALTHY_WITHIN_MS = 15_000;

export interface AdminSourceOptions {
  readonly controller: Controller;
  readonly health: Pick<DriverHealth, 'failure'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly zone: string;
  readonly version: string;
}

/** The daemon as the admin server shows it. */
export function adminSource({
  controller,
  health,
  clock,
  metrics,
  zone,
  version,
}: AdminSourceOptions): AdminSource {
  const { state } = controller;
  const startedWall = clock.wall();
  const startedAt = clock.now();
  const seconds = (since: number): number => Math.max(0, (clock.now() - since) / MILLISECONDS_PER_SECOND);
  const replicasOf = (path: string): readonly Replica[] => state.fleet.byPage().get(path) ?? [];
  const views = (): readonly PageView[] => {
    const byPage = state.fleet.byPage();
    return state.catalogue
      .all()
      .map((page) => pageView(controller, page, byPage.get(page.page.path) ?? [], clock.now()));
  };
  return {
    healthy: () => clock.now() - (controller.lastTickAt ?? Number.NEGATIVE_INFINITY) < HEALTHY_WITHIN_MS,
    status: () => statusView(controller, { zone, version, startedWall, uptimeSeconds: seconds(startedAt) }),
    pages: views,
    page: (path) => {
      const page = state.catalogue.get(path);
      return page === undefined ? undefined : pageView(controller, page, replicasOf(path), clock.now());
    },
    deciding: (path) => {
      const decision = state.decisions.get(path);
      return decision === undefined ? null : decidingView(decision);
    },
    recent: (top) =>
      byHeat(views())
        .slice(0, top)
        .map(({ path }) => ({ page: path, samples: controller.records.lately(path).map(sampleView) }))
        .filter(({ samples }) => samples.length > 0),
    replicas: () => state.fleet.all().map((replica) => replicaView(controller, replica, seconds)),
    decisions: (query) => state.store.decisions.recent(query).map(decisionView),
    explain: (path) => {
      const page = state.catalogue.get(path);
      return page === undefined ? undefined : explainPage(controller, health, page, clock.now());
    },
    explainPast: (path, moment) => explainPast(controller, path, moment),
    series: (path, from, to, points) => pageSeries(controller, path, from, to, points),
    plan: () => controller.planNow().map(planView),
    metrics: () => metrics.render(),
  };
}

function statusView(
  controller: Controller,
  about: {
    readonly zone: string;
    readonly version: string;
    readonly startedWall: number;
    readonly uptimeSeconds: number;
  },
): StatusView {
  const { fleet, catalogue, decisions, maxInstances, orders } = controller.state;
  const replicas = fleet.all();
  const count = (...states: readonly ReplicaState[]): number =>
    replicas.filter(({ state }) => states.includes(state)).length;
  const hot = new Set([
    ...replicas.map(({ page }) => page),
    ...[...decisions.values()].filter(({ desired }) => desired > 0).map(({ page }) => page),
  ]);
  return {
    zone: about.zone,
    serial: controller.serial,
    version: about.version,
    startedAt: new Date(about.startedWall).toISOString(),
    uptimeSeconds: about.uptimeSeconds,
    counts: {
      pages: catalogue.size,
      hotPages: hot.size,
      serving: count('serving'),
      booting: count('planned', 'booting', 'probing'),
      draining: count('draining', 'stopping'),
      failed: count('failed', 'lost', 'orphan'),
    },
    budget: {
      used: replicas.length,
      limit: maxInstances,
      hourlyCost: new Ledger(replicas, catalogue.policies, controller.state).standing(null).hourlyCost,
      maxHourlyCost: controller.state.maxHourlyCost,
    },
    orders: orders.all().map(orderView),
  };
}

function pageView(
  controller: Controller,
  page: CataloguedPage,
  replicas: readonly Replica[],
  now: number,
): PageView {
  const {
    page: { path },
    host,
    policy,
  } = page;
  const load = controller.state.book.load(
    host,
    now,
    replicas.map(({ id }) => id),
  );
  const decision = controller.state.decisions.get(path);
  const { orders } = controller.state;
  const answer = controller.answer(host);
  return {
    path,
    host,
    policy: policy?.name ?? null,
    demand: load.demand?.stable ?? null,
    demandIsLowerBound: load.demand?.lowerBound ?? false,
    queryRate: load.queryRate?.stable ?? null,
    requestRate: load.requestRate?.stable ?? null,
    metric: policy?.metric.type ?? null,
    target: policy?.metric.target ?? null,
    desired: decision?.desired ?? 0,
    serving: replicas.filter(({ state }) => state === 'serving').length,
    booting: replicas.filter(isPending).length,
    draining: replicas.filter(({ state }) => state === 'draining' || state === 'stopping').length,
    pinned: orders.pin(path)?.replicas ?? null,
    paused: orders.pause(path) !== null,
    addresses: answer?.addresses.map(({ address }) => address) ?? [],
    ttl: answer?.ttl ?? 0,
    lastReason: decision === undefined ? 'nothing to decide yet' : reasonText(decision),
  };
}

function reasonText(decision: Parameters<typeof telling>[0]): string {
  const { reason, detail } = telling(decision);
  return detail === '' ? reason : `${reason}: ${detail}`;
}

function decidingView({ measured, current, desired, chain }: Decision): DecidingView {
  return { measured: measured?.detail ?? null, current, desired, chain };
}

function replicaView(
  controller: Controller,
  replica: Replica,
  seconds: (since: number) => number,
): ReplicaView {
  const { id, page, host, policy, driver, state, reason, address, ref, createdAt, stateSince } = replica;
  const counters = controller.counters(id);
  return {
    id,
    page,
    host,
    policy,
    driver,
    state,
    reason,
    address,
    ref,
    ageSeconds: seconds(createdAt),
    stateSeconds: seconds(stateSince),
    requests: counters?.requests ?? null,
    openConnections: counters?.openConnections ?? null,
  };
}

function orderView({ since, until, ...order }: Order): OrderView {
  const end = until === null ? null : new Date(until).toISOString();
  return { ...order, since: new Date(since).toISOString(), until: end };
}

function sampleView({ at, ...sample }: Sample): SampleView {
  return { at: new Date(at).toISOString(), ...sample };
}

function decisionView({ at, current, desired, isNews: _, ...record }: DecisionRecord): DecisionView {
  return { ...record, at: new Date(at).toISOString(), from: current, to: desired };
}

function planView({ decision, actions, dryRun }: Minute): PlanView {
  const { page, policy, current, desired, chain } = decision;
  return { page, policy, current, desired, chain, actions, dryRun };
}
