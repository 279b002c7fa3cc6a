import type { DriverName, Policy } from '../policy/policy.js';
import { drainVerdict } from '../scale/drain.js';
import { forgetFailures, type PageHistory, recordFailure } from '../scale/history.js';
import type { Withdrawal } from '../scale/plan.js';
import { judgeProbe, type ProbeOutcome } from '../scale/probing.js';
import { reconcile } from '../scale/reconcile.js';
import { isPending, mustDrain, type Replica } from '../scale/replica.js';
import { BootQueue } from './boots.js';
import type { SimulatedFleet, Unit } from './fleet.js';
import type { Random } from './random.js';
import type { HotzoneOptions } from './settings.js';

const UNREACHABLE: ProbeOutcome = { kind: 'unreachable', detail: 'connection refused' };

/** What the keeper needs to know, and to tell. */
export interface KeeperContext {
  policyOf(page: number): Policy | null;
  history(page: number, change: (history: PageHistory) => PageHistory): void;
  /** Its address may rest. */
  ended(replica: Replica, now: number): void;
  /** Something has changed that a pass should look at. */
  wake(): void;
}

/** Walks replicas along their chart, as what their driver and their probes would report. */
export class SimulatedKeeper {
  readonly #fleet: SimulatedFleet;
  readonly #boots: BootQueue;
  readonly #random: Random;
  readonly #meanLifeMs: number | null;
  readonly #context: KeeperContext;
  #steppedAt = 0;

  constructor(
    fleet: SimulatedFleet,
    options: Pick<HotzoneOptions, 'boots' | 'meanLifeMs'>,
    random: Random,
    context: KeeperContext,
  ) {
    this.#fleet = fleet;
    this.#boots = new BootQueue(options.boots);
    this.#random = random;
    this.#meanLifeMs = options.meanLifeMs;
    this.#context = context;
  }

  boot(id: string, driver: DriverName): void {
    this.#boots.add(id, driver);
  }

  /** Boots go on, and what boots is probed. */
  step(now: number): void {
    for (const id of this.#boots.begin(now)) {
      const unit = this.#fleet.get(id);
      if (unit?.replica.state === 'planned') this.#fleet.move(unit, 'booting', 'started by its driver', now);
    }
    for (const unit of [...this.#fleet.units()]) {
      const { state, id } = unit.replica;
      if (state === 'serving') this.#mayDie(unit, now - this.#steppedAt);
      else if (state === 'booting' || state === 'probing')
        this.#probed(unit, this.#boots.isReady(id, now) ? { kind: 'ok' } : UNREACHABLE, now);
    }
    this.#steppedAt = now;
  }

  /** Asks the drivers what runs: what died is found so. */
  list(now: number): void {
    const listed = [...this.#fleet.units()]
      .filter(({ replica }) => replica.state !== 'planned')
      .map(({ replica, isDead }) => ({
        id: replica.id,
        ref: replica.id,
        address: replica.address,
        running: !isDead,
      }));
    for (const finding of reconcile(this.#fleet.replicas(), listed, now)) {
      if (finding.kind !== 'dead') continue;
      const unit = this.#fleet.get(finding.replica.id);
      if (unit !== undefined) this.#fail(unit, 'it ended by itself', now);
    }
  }

  /** Out of the answers with the next publication; what was in none ends at once. */
  withdraw({ replica, reason }: Withdrawal, now: number): void {
    const unit = this.#fleet.get(replica.id);
    if (unit === undefined) return;
    if (mustDrain(replica)) this.#fleet.move(unit, 'draining', reason, now);
    else this.#end(unit, reason, now);
  }

  /** Ends what has drained. */
  sweep(now: number): void {
    for (const unit of [...this.#fleet.units()]) {
      const drain = this.#context.policyOf(unit.page)?.dns.drain;
      if (unit.replica.state !== 'draining' || drain === undefined) continue;
      const verdict = drainVerdict(unit.replica, drain, now);
      if (verdict.done) this.#end(unit, verdict.reason, now);
    }
  }

  #mayDie(unit: Unit, elapsedMs: number): void {
    if (this.#meanLifeMs !== null && this.#random() < elapsedMs / this.#meanLifeMs) unit.isDead = true;
  }

  #probed(unit: Unit, outcome: ProbeOutcome, now: number): void {
    const policy = this.#context.policyOf(unit.page);
    if (policy === null) return;
    const verdict = judgeProbe(unit.replica, outcome, policy.probe, policy.instance.bootTimeout, now);
    switch (verdict.kind) {
      case 'keep':
        this.#fleet.patch(unit, { probeStreak: verdict.streak });
        return;
      case 'probing':
        this.#fleet.move(unit, 'probing', verdict.reason, now);
        this.#fleet.patch(unit, { probeStreak: verdict.streak });
        return;
      case 'serving':
        this.#fleet.move(unit, 'serving', verdict.reason, now);
        this.#boots.remove(unit.replica.id);
        this.#context.wake();
        return;
      case 'failed':
        this.#fail(unit, verdict.reason, now);
        return;
      default:
        verdict satisfies never;
    }
  }

  /** A replica that served well before it died says nothing against the next one; one that never did, does. */
  #fail(unit: Unit, reason: string, now: number): void {
    const { replica, page } = unit;
    const policy = this.#context.policyOf(page);
    if (policy !== null && replica.state !== 'draining') {
      const servedWell = replica.state === 'serving' && now - replica.stateSince >= policy.backoff.initial;
      this.#context.history(page, (history) =>
        servedWell
          ? forgetFailures(history, replica.driver)
          : recordFailure(history, replica, policy.backoff.resetAfter, now),
      );
    }
    this.#fleet.move(unit, 'failed', reason, now);
    this.#end(unit, reason, now);
  }

  #end(unit: Unit, reason: string, now: number): void {
    if (isPending(unit.replica)) this.#boots.remove(unit.replica.id);
    this.#fleet.move(unit, 'stopping', reason, now);
    this.#fleet.move(unit, 'gone', reason, now);
    this.#context.ended(unit.replica, now);
    this.#context.wake();
  }
}
