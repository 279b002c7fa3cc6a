import type { LoadSettings } from '../load/load.js';
import { LoadBook } from '../load/load-book.js';
import { Meter } from '../load/meter.js';
import type { Policy } from '../policy/policy.js';
import { decide } from '../scale/decide.js';
import { recordChange } from '../scale/history.js';
import { loadSettings } from '../scale/load-settings.js';
import { netChanges } from '../scale/net-changes.js';
import { type Plan, type PlannedPage, plan } from '../scale/plan.js';
import { isCapacity, plannedReplica } from '../scale/replica.js';
import { isSurging, mayBeSurging } from '../scale/surge.js';
import { SimulatedAddresses } from './addresses.js';
import { asked } from './asked.js';
import { SimulatedFleet } from './fleet.js';
import { SimulatedKeeper } from './keeper.js';
import { SimulatedNameServer } from './name-server.js';
import { mayActWithoutLoad, newPageState, type PageState } from './page-state.js';
import type { Random } from './random.js';
import { RequestCounts } from './request-counts.js';
import { Schedules } from './schedules.js';
import type { HotzoneOptions } from './settings.js';
import type { Answer, Server, Standing, System } from './system.js';
import type { SimulatedPage } from './workload.js';

/** As in the daemon: a pass of the control loop, a look at the replicas' counters, and one at the drivers' lists. */
const TICK_MS = 1_000;
const COUNT_MS = 1_000;
const LIST_MS = 2_000;
const UNPOLICED = { stableWindow: 60_000, panicWindow: 6_000, ignores: () => false };

/**
 * hotzone with a clock of its own: the meter, the estimate, decisions, plans, the life of replicas and the answers are
 * the daemon's own functions; only processes, sockets and disks are not there.
 */
export class SimulatedHotzone implements System {
  readonly #options: HotzoneOptions;
  readonly #pages: readonly PageState[];
  readonly #byPath: ReadonlyMap<string, number>;
  readonly #byHost: ReadonlyMap<string, number>;
  readonly #meter = new Meter(0);
  readonly #book: LoadBook;
  readonly #fleet = new SimulatedFleet();
  readonly #nameServer: SimulatedNameServer;
  readonly #keeper: SimulatedKeeper;
  readonly #counts: RequestCounts;
  readonly #addresses: SimulatedAddresses;
  readonly #schedules: Schedules;
  #settings: ReadonlyMap<string, LoadSettings>;
  #lastId = 0;
  #isWoken = true;
  #tickAt = 0;
  #countAt = COUNT_MS;
  #listAt = LIST_MS;

  constructor(pages: readonly SimulatedPage[], options: HotzoneOptions, random: Random) {
    this.#options = options;
    this.#schedules = new Schedules(options.wallAtStart);
    this.#addresses = new SimulatedAddresses(options.pool);
    this.#pages = pages.map((page, index) => newPageState(page, index, options.policyOf(page.path)));
    this.#byPath = new Map(pages.map(({ path }, index) => [path, index]));
    this.#byHost = new Map(pages.map(({ host }, index) => [host, index]));
    this.#settings = settingsOf(this.#pages);
    this.#book = new LoadBook({
      settingsFor: (host) => this.#settings.get(host) ?? UNPOLICED,
      originTells: options.originTells,
    });
    this.#nameServer = new SimulatedNameServer(this.#fleet, random);
    this.#counts = new RequestCounts(this.#fleet, this.#book, (page) => this.#state(page).page.host);
    this.#keeper = new SimulatedKeeper(this.#fleet, options, random, {
      policyOf: (page) => this.#state(page).policy,
      history: (page, change) => {
        const state = this.#state(page);
        state.history = change(state.history);
      },
      ended: (replica, now) => this.#addresses.release(replica.address, now),
      wake: () => {
        this.#isWoken = true;
      },
    });
    for (const page of this.#pages.keys()) this.#publish(page, 0);
  }

  ask(page: number, source: string, at: number): Answer {
    const answer = this.#nameServer.ask(page);
    this.#meter.observe(this.#state(page).page.host, source, 'A', answer.ttlMs, at);
    return answer;
  }

  serverAt(page: number, address: string): Server | null {
    if (this.#options.originAddresses.includes(address)) {
      this.#counts.atOrigin(page);
      return this.#state(page).origin;
    }
    const unit = this.#fleet.at(address);
    if (unit === undefined || unit.page !== page || unit.isDead) return null;
    unit.requests += 1;
    return unit.server;
  }

  /** Another set of policies, as after an edit of their files. */
  replacePolicies(policyOf: (path: string) => Policy | null): void {
    for (const state of this.#pages) state.policy = policyOf(state.page.path);
    this.#settings = settingsOf(this.#pages);
    this.#isWoken = true;
  }

  step(now: number, isMeasured: boolean): void {
    const batch = this.#meter.flush(now);
    const counts = this.#counts.takeOrigin(now);
    if (isMeasured) {
      this.#book.addQueries(batch);
      if (this.#options.originTells) {
        this.#book.addRequests(counts);
        this.#book.addReport('origin', batch.from, now);
      }
      for (const [host, events] of asked(batch, counts)) this.#look(host, events, batch.to - batch.from, now);
    }
    this.#keeper.step(now);
    if (now >= this.#countAt) {
      this.#counts.readReplicas(now, isMeasured);
      this.#book.prune(now);
      this.#countAt = now + COUNT_MS;
    }
    if (now >= this.#listAt) {
      this.#keeper.list(now);
      this.#listAt = now + LIST_MS;
    }
    if (!this.#isWoken && now < this.#tickAt) return;
    this.#tick(now);
    this.#tickAt = now + TICK_MS;
  }

  standing(page: number): Standing {
    const { decision, changes } = this.#state(page);
    const replicas = this.#fleet.replicasOf(page);
    const capacity = replicas.filter(isCapacity).length;
    return {
      serving: replicas.filter(({ state }) => state === 'serving').length,
      alive: replicas.length,
      desired: decision?.desired ?? capacity,
      changes,
      hourlyCost: replicas.reduce((sum, { hourlyCost }) => sum + hourlyCost, 0),
    };
  }

  #state(page: number): PageState {
    const state = this.#pages[page];
    if (state === undefined) throw new Error(`there is no page ${page}`);
    return state;
  }

  /** A surge need not wait for the next pass. Here its two signals come at the same moments, and are looked at once. */
  #look(host: string, events: number, durationMs: number, now: number): void {
    const page = this.#byHost.get(host) ?? -1;
    const state = this.#pages[page];
    if (!state?.policy || state.isSurging || !mayBeSurging(state.policy, events, durationMs)) return;
    const current = this.#fleet.replicasOf(page).filter(isCapacity).length;
    const { ceiling } = this.#schedules.at(state.policy, now);
    if (ceiling !== null && current >= ceiling.replicas) return;
    if (!isSurging(this.#book.load(host, now), state.policy, current)) return;
    state.isSurging = true;
    this.#isWoken = true;
  }

  #tick(now: number): void {
    this.#isWoken = false;
    const pages = [...this.#warm()].flatMap((page) => this.#decide(page, now));
    const planned = plan({
      pages,
      fleet: this.#fleet.replicas(),
      isFresh: () => true,
      maxInstances: this.#options.maxInstances,
      maxHourlyCost: this.#options.maxHourlyCost,
      now,
    });
    this.#act(planned, pages, now);
    for (const page of this.#warm()) {
      if (!this.#publish(page, now)) continue;
      const state = this.#state(page);
      // The answer to a surge is out; the next one may call again.
      if (this.#fleet.ofPage(page).some(({ replica }) => replica.stateSince === now)) state.isSurging = false;
    }
    for (const { path, decision } of pages) {
      const state = this.#state(this.#byPath.get(path) ?? -1);
      if (decision.desired <= decision.serving) state.isSurging = false;
    }
    this.#keeper.sweep(now);
  }

  /** Pages about which there is anything to decide, as in the daemon. */
  #warm(): ReadonlySet<number> {
    const hosts = new Set(this.#book.hosts());
    const warm = new Set<number>();
    for (const [page, state] of this.#pages.entries()) {
      if (hosts.has(state.page.host) || this.#fleet.ofPage(page).length > 0 || mayActWithoutLoad(state))
        warm.add(page);
    }
    return warm;
  }

  #decide(page: number, now: number): readonly PlannedPage[] {
    const state = this.#state(page);
    const { policy } = state;
    if (policy === null) return [];
    const replicas = this.#fleet.replicasOf(page);
    const servers = replicas.filter((replica) => replica.state === 'serving').map(({ id }) => id);
    const { host, path } = state.page;
    const decision = decide({
      page: path,
      policy,
      load: this.#book.load(host, now, servers),
      replicas,
      history: state.history,
      scheduled: this.#schedules.at(policy, now),
      now,
      startedAt: 0,
    });
    state.history = decision.history;
    state.decision = decision;
    return [{ path, policy, decision }];
  }

  #act(planned: Plan, pages: readonly PlannedPage[], now: number): void {
    const isDry = new Map(pages.map(({ path, policy }) => [path, policy.dryRun]));
    const withdrawn = [...planned.cancels, ...planned.drains].filter(
      ({ replica }) => isDry.get(replica.page) !== true,
    );
    for (const withdrawal of withdrawn) this.#keeper.withdraw(withdrawal, now);
    const boots = planned.boots.filter((boot) => {
      const page = this.#byPath.get(boot.page);
      return page !== undefined && isDry.get(boot.page) !== true && this.#boot(page, boot, now);
    });
    for (const [path, by] of netChanges(boots, withdrawn)) {
      const state = this.#state(this.#byPath.get(path) ?? -1);
      state.history = recordChange(state.history, by, now);
      state.changes += by === 0 ? 0 : 1;
    }
  }

  #boot(page: number, boot: Plan['boots'][number], now: number): boolean {
    const { path, host } = this.#state(page).page;
    this.#lastId += 1;
    const id = `simulated-${this.#lastId}`;
    const address = this.#addresses.lease(path, id, now);
    if (address === null) return false;
    const served = { page: path, host, digest: '', bundleFile: '' };
    this.#fleet.add(plannedReplica({ ...boot, id, address }, served, now), page);
    this.#keeper.boot(id, boot.driver);
    return true;
  }

  #publish(page: number, now: number): boolean {
    const {
      policy,
      decision,
      page: { host },
    } = this.#state(page);
    const replicas = this.#fleet.replicasOf(page);
    const serving = replicas.filter(({ state }) => state === 'serving').length;
    return this.#nameServer.publish(
      page,
      {
        host,
        dns: policy?.dns ?? null,
        replicas,
        desired: decision?.desired ?? serving,
        originAddresses: this.#options.originAddresses,
      },
      now,
    );
  }
}

function settingsOf(pages: readonly PageState[]): ReadonlyMap<string, LoadSettings> {
  return new Map(
    pages.flatMap(({ page, policy }) => (policy === null ? [] : [[page.host, loadSettings(policy)]])),
  );
}
