import { setTimeout } from 'node:timers/promises';
import type { CreateOutcome, DriverFailure } from '../driver/driver.js';
import { drainVerdict } from '../scale/drain.js';
import { recordFailure } from '../scale/history.js';
import type { WithdrawalCause } from '../scale/plan.js';
import { judgeProbe, type ProbeOutcome } from '../scale/probing.js';
import type { Finding } from '../scale/reconcile.js';
import { mustDrain, type Replica } from '../scale/replica.js';
import type { Operation } from './actuator.js';
import type { FailureCause } from './events.js';
import { type ControlState, isFresh, type Outcomes } from './state.js';

/** A page that nobody has a policy for any more still drains by these. */
const DEFAULT_DRAIN = { gracePeriod: 30_000, maxDuration: 600_000, untilIdle: true } as const;
/** Lists in a row that must miss a replica before it is given up: absence is not death until confirmed. */
const MISSES_MAX = 2;
const ENDING = 'the daemon ends, and its replicas with it';
const SETTLE_INTERVAL_MS = 10;
/** A replica that cannot be ended must not keep the daemon from ending: the next one finds it in the books. */
const END_PATIENCE_MS = 30_000;
const END_RETRY_MS = 1_000;

/** Walks replicas along their chart: what the driver, the probes and the lists report becomes a step of it. */
export class Keeper implements Outcomes {
  readonly #state: ControlState;
  readonly #misses = new Map<string, number>();
  readonly #destroyed = new Map<string, number>();

  constructor(state: ControlState) {
    this.#state = state;
  }

  /** One that an earlier daemon started: it is trusted once this one has probed it. */
  adopted(replica: Replica): void {
    const policy = this.#state.catalogue.get(replica.page)?.policy;
    if (mustDrain(replica) && (!policy || !isFresh(this.#state, replica))) {
      this.#withdraw(replica, policy ? 'stale_content' : 'policy_removed');
      return;
    }
    const reason = 'taken over from an earlier daemon';
    if (replica.state === 'planned') this.#move(replica, 'booting', reason);
    else if (replica.state === 'serving') this.#move(replica, 'probing', reason);
    else this.#state.fleet.patch(replica.id, { stateSince: this.#now(), reason });
    this.#state.prober.start(replica.id);
  }

  /** Its driver has accepted or refused to start it; without effect where it was given up meanwhile. */
  created(id: string, outcome: CreateOutcome): void {
    const replica = this.#state.fleet.get(id);
    if (replica === undefined) return;
    if (!outcome.ok) {
      if (outcome.failure.class === 'capacity') this.#state.breakers.full(replica.driver, this.#now());
      if (replica.state === 'planned') {
        this.#fail(replica, outcome.failure.class, describeFailure(outcome.failure));
      }
      return;
    }
    this.#state.breakers.worked(replica.driver);
    this.#state.fleet.patch(id, { ref: outcome.ref });
    if (replica.state !== 'planned') return;
    this.#move(replica, 'booting', 'started by its driver');
    this.#state.prober.start(id);
  }

  /** A probe has come back; without effect where no policy says what to make of it. */
  probed(id: string, outcome: ProbeOutcome): void {
    const replica = this.#state.fleet.get(id);
    const policy = replica && this.#state.catalogue.get(replica.page)?.policy;
    if (replica === undefined || !policy) return;
    const verdict = judgeProbe(replica, outcome, policy.probe, policy.instance.bootTimeout, this.#now());
    switch (verdict.kind) {
      case 'keep':
        if (verdict.streak !== replica.probeStreak)
          this.#state.fleet.patch(id, { probeStreak: verdict.streak });
        return;
      case 'probing':
        this.#move(replica, 'probing', verdict.reason);
        this.#state.fleet.patch(id, { probeStreak: verdict.streak });
        return;
      case 'serving':
        this.#move(replica, 'serving', verdict.reason);
        this.#state.wake();
        return;
      case 'failed':
        this.#fail(replica, verdict.cause, verdict.reason);
        return;
      default:
        verdict satisfies never;
    }
  }

  /** What its driver's list says of it that the books do not. */
  found(finding: Finding): void {
    switch (finding.kind) {
      case 'dead':
        this.#fail(finding.replica, 'died', 'it ended by itself');
        return;
      case 'missing': {
        const misses = (this.#misses.get(finding.replica.id) ?? 0) + 1;
        this.#misses.set(finding.replica.id, misses);
        const reason = `it is missing from ${misses} lists of its driver in a row`;
        if (misses < MISSES_MAX) return;
        this.#remember(finding.replica);
        this.lost(finding.replica, reason);
        return;
      }
      case 'found':
        this.#state.fleet.patch(finding.replica.id, { ref: finding.ref });
        return;
      case 'orphan':
        // Handled by whoever asked for the list, who knows the driver.
        return;
      default:
        finding satisfies never;
    }
  }

  /** A list that had them all begins the count anew. */
  seen(ids: Iterable<string>): void {
    for (const id of ids) this.#misses.delete(id);
  }

  /** A bug in a driver: what it left undone shows in its next list. */
  threw(id: string, operation: Operation, error: unknown): void {
    const replica = this.#state.fleet.get(id);
    this.#state.emit({ kind: 'trouble', at: this.#now(), what: `cannot ${operation} replica ${id}`, error });
    if (operation === 'create' && replica?.state === 'planned')
      this.#fail(replica, 'transient', `its driver failed: ${String(error)}`);
  }

  /** Resolves when no replica is being probed any more, or patience has run out. */
  async settled(patienceMs: number): Promise<void> {
    const isSettled = (): boolean => this.#state.fleet.all().every(({ state }) => state !== 'probing');
    for (const deadline = this.#now() + patienceMs; !isSettled() && this.#now() < deadline; )
      await setTimeout(SETTLE_INTERVAL_MS);
  }

  /** Takes every replica out of the next answers, for a daemon that ends together with them. */
  withdrawAll(): void {
    for (const replica of this.#state.fleet.all()) {
      if (replica.state === 'serving') this.#move(replica, 'draining', ENDING);
    }
  }

  /** Ends every replica, and resolves when all of them are gone, or those that cannot be ended were tried for long enough. */
  async endAll(): Promise<void> {
    const alive = (): readonly Replica[] => this.#state.fleet.all().filter(({ state }) => state !== 'gone');
    this.withdrawAll();
    for (const replica of alive()) this.end(replica, ENDING);
    const deadline = this.#now() + END_PATIENCE_MS;
    for (let retryAt = this.#now() + END_RETRY_MS; alive().length > 0; await setTimeout(SETTLE_INTERVAL_MS)) {
      if (this.#now() >= deadline) {
        const error = new Error(
          `left: ${alive()
            .map(({ id }) => id)
            .join(', ')}`,
        );
        this.#state.emit({
          kind: 'trouble',
          at: this.#now(),
          what: 'not every replica could be ended',
          error,
        });
        return;
      }
      if (this.#now() < retryAt) continue;
      retryAt = this.#now() + END_RETRY_MS;
      this.sweep();
    }
  }

  /** Its driver has ended it: its address may rest, and its place in the budget is free. */
  destroyed(id: string): void {
    const replica = this.#state.fleet.get(id);
    if (replica?.state !== 'stopping') return;
    this.#misses.delete(id);
    this.#destroyed.set(id, this.#now());
    this.#state.prober.forget(id);
    this.#move(replica, 'gone', replica.reason);
    this.#state.addresses.release(replica.address, id, this.#now());
    this.#state.wake();
  }

  /** Whether a list that was asked for at `at` may still have it, although it is gone. */
  wasDestroyedSince(id: string, at: number): boolean {
    for (const [other, destroyedAt] of this.#destroyed) {
      if (destroyedAt < at) this.#destroyed.delete(other);
    }
    return this.#destroyed.has(id);
  }

  /** Ends what has drained, and ends again what should have ended: `destroy` may be called any number of times. */
  sweep(): void {
    const now = this.#now();
    for (const replica of this.#state.fleet.all()) {
      if (replica.state === 'draining') {
        const drain = this.#state.catalogue.get(replica.page)?.policy?.dns.drain ?? DEFAULT_DRAIN;
        const verdict = drainVerdict(replica, drain, now);
        if (verdict.done) this.end(replica, verdict.reason);
      } else if (replica.state === 'stopping') {
        this.#state.actuator.destroy(replica);
      }
    }
  }

  /** It is not there any more; that says nothing against the next one. */
  lost(replica: Replica, reason: string): void {
    this.#move(replica, 'lost', reason);
    void this.#bury(replica, reason);
  }

  /** Has it destroyed; whatever state it is in, it is in no answer any more. */
  end(replica: Replica, reason = replica.reason): void {
    if (replica.state !== 'stopping') this.#move(replica, 'stopping', reason);
    const ending = this.#state.fleet.get(replica.id);
    if (ending !== undefined) this.#state.actuator.destroy(ending);
  }

  /** The replica leaves the answers with the next publication, and its last words become the reason. */
  #fail(replica: Replica, cause: FailureCause, reason: string): void {
    // A driver that is full says nothing against the page.
    if (cause !== 'capacity') this.#remember(replica);
    this.#state.emit({ kind: 'failed', at: this.#now(), replica, cause });
    this.#move(replica, 'failed', reason);
    void this.#bury(replica, reason);
  }

  async #bury(replica: Replica, reason: string): Promise<void> {
    this.#state.prober.stop(replica.id);
    this.#state.wake();
    const words = await this.#state.actuator.lastWords(replica);
    const failed = this.#state.fleet.get(replica.id);
    if (failed?.state === 'failed' || failed?.state === 'lost') {
      this.end(failed, words === '' ? reason : `${reason}; it said: ${words}`);
    }
  }

  /** It cannot be answered any more, and a probe would only tell that it serves something else; but caches know it. */
  #withdraw(replica: Replica, cause: WithdrawalCause): void {
    this.#state.emit({ kind: 'withdrawn', at: this.#now(), replica, cause });
    this.#move(replica, 'draining', 'while no daemon ran, its page or policy changed or went away');
    this.#state.actuator.drain(this.#state.fleet.get(replica.id) ?? replica);
  }

  /** A replica that served well before it died says nothing against the next one; one that never did, does. */
  #remember(replica: Replica): void {
    const policy = this.#state.catalogue.get(replica.page)?.policy;
    if (!policy || replica.state === 'draining') return;
    const servedWell =
      replica.state === 'serving' && this.#now() - replica.stateSince >= policy.backoff.initial;
    if (servedWell) {
      this.#state.histories.pardon(replica.page, replica.driver);
      return;
    }
    const history = recordFailure(
      this.#state.histories.get(replica.page),
      replica,
      policy.backoff.resetAfter,
      this.#now(),
    );
    this.#state.histories.set(replica.page, history);
  }

  #move(replica: Replica, to: Replica['state'], reason: string): void {
    this.#state.fleet.move(replica.id, to, reason, this.#now());
  }

  #now(): number {
    return this.#state.clock.now();
  }
}

function describeFailure({ class: kind, message }: DriverFailure): string {
  return `its driver could not start it (${kind}): ${message}`;
}
