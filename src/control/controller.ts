import type { PageAnswer, Publication } from '../dns/publication.js';
import type { ReplicaCounters } from '../driver/driver.js';
import type { QueryBatch } from '../load/batch.js';
import type { Policy } from '../policy/policy.js';
import type { Problem } from '../problem.js';
import type { PlannedPage } from '../scale/plan.js';
import type { SiteChange } from '../site/page.js';
import { act, intend, takeBack } from './acting.js';
import { again } from './again.js';
import { Alarms } from './alarms.js';
import { Answers } from './answers.js';
import { pruneBooks, saveBooks } from './books.js';
import { HandControl } from './by-hand.js';
import { Decider } from './deciding.js';
import { Keeper } from './keeper.js';
import type { Minute } from './minutes.js';
import { Observer } from './observer.js';
import { Pace } from './pace.js';
import { foresee, planFor } from './planning.js';
import { Publisher } from './publisher.js';
import { Records } from './records.js';
import { type ControlState, createState, type StateOptions, type TakeOriginReport } from './state.js';
import { SurgeWatch } from './surge-watch.js';

/** What the control plane is made from: its state's parts, the zone that it publishes into, and its pace. */
export interface ControllerOptions extends StateOptions {
  /** The zone's apex, which is answered with the origin's addresses unless the operator's own records do that. */
  readonly apex: string;
  readonly originAddresses: readonly string[];
  readonly tickIntervalMs: number;
  /** Resolves when every answer from then on is the new one. */
  readonly publish: (publication: Publication) => Promise<void>;
}

/** How often drivers are asked what they run, and replicas what they have served. */
const LIST_INTERVAL_MS = 2_000;
const COUNT_INTERVAL_MS = 1_000;
/** The origin's counts come as often as the name server's, since either may be the first to see a surge. */
const ORIGIN_INTERVAL_MS = 100;
/** How long the first publication waits for the lists of drivers, and then for the probes of what they list. */
const ADOPTION_PATIENCE_MS = 1_000;

/** The control plane: observe, decide, record the intent, act, publish, explain; and again. */
export class Controller {
  readonly #options: ControllerOptions;
  /** What passes leave behind, for those who look back. */
  readonly records: Records;
  /** What operators do by hand. */
  readonly hand: HandControl;
  readonly #state: ControlState;
  readonly #keeper: Keeper;
  readonly #observer: Observer;
  readonly #publisher: Publisher;
  readonly #answers: Answers;
  readonly #decider: Decider;
  readonly #surges: SurgeWatch;
  readonly #pace: Pace;
  readonly #alarms: Alarms;
  readonly #stop = new AbortController();
  #lastTickAt: number | null = null;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#pace = new Pace(() => this.#tick(), options.tickIntervalMs);
    const state = createState(
      options,
      () => this.#keeper,
      () => this.#pace.wake(),
    );
    this.#state = state;
    this.#alarms = new Alarms(() => this.#pace.wake());
    this.#keeper = new Keeper(state);
    this.#observer = new Observer(state, this.#keeper, options.drivers);
    this.#answers = new Answers(state, options.apex, options.originAddresses);
    this.#decider = new Decider(state);
    this.records = new Records(state);
    this.hand = new HandControl(state, () => this.#rulesChanged());
    this.#surges = new SurgeWatch(state);
    this.#publisher = new Publisher({
      fleet: state.fleet,
      lastSerial: options.store.serial,
      commit: (serial) => this.#commit(serial),
      publish: options.publish,
      now: () => options.clock.now(),
    });
  }

  /** For those who show it: nobody but the control plane's own parts may change it. */
  get state(): ControlState {
    return this.#state;
  }

  /** SOA serial of the last publication. */
  get serial(): number {
    return this.#publisher.serial;
  }

  /** Monotonic milliseconds of the end of the last pass that went well; null before the first. */
  get lastTickAt(): number | null {
    return this.#lastTickAt;
  }

  /** What the name server answers for a host in lower case now. */
  answer(host: string): PageAnswer | undefined {
    return this.#publisher.answer(host);
  }

  /**
   * Takes over the replicas of an earlier daemon and publishes the first answers; resolves when that is done, and the
   * name server may begin to answer.
   */
  async begin(): Promise<void> {
    this.records.begin();
    await this.#observer.adoptAll(ADOPTION_PATIENCE_MS);
    await this.#keeper.settled(ADOPTION_PATIENCE_MS);
    await this.#publish();
  }

  /** What the next pass would do if nothing changed until then; nothing is done. */
  planNow(): readonly Minute[] {
    const now = this.#state.clock.now();
    const pages = this.#decider.all(now);
    return foresee(this.#state, planFor(this.#state, pages, now), pages, now);
  }

  /** What a replica told last; null when it did not answer. */
  counters(id: string): ReplicaCounters | null {
    return this.#observer.counters(id);
  }

  /** Forgets what is too old to matter; to be called now and then. */
  prune(olderThanMs: number): void {
    pruneBooks(this.#state, olderThanMs);
  }

  /** Starts the loop, and what feeds it. */
  start(): void {
    this.#state.startedAt = this.#state.clock.now();
    this.#every(LIST_INTERVAL_MS, () => this.#observer.listAll());
    this.#every(COUNT_INTERVAL_MS, () => this.#observer.countAll());
    const { takeOriginReport: take } = this.#options;
    if (take !== null) this.#every(ORIGIN_INTERVAL_MS, () => this.#countOrigin(take));
    this.#pace.start();
  }

  /** Replicas stay as they are, for the next daemon, unless they are to be stopped with this one. */
  async stop(stopReplicas: boolean): Promise<void> {
    this.#stop.abort();
    this.#alarms.clear();
    await this.#pace.stop();
    this.#state.prober.stopAll();
    if (stopReplicas) {
      this.#keeper.withdrawAll();
      await this.#publish().catch((error: unknown) => this.#trouble('the last publication failed', error));
      await this.#keeper.endAll();
    }
    this.#state.actuator.stop();
    try {
      this.records.end();
    } catch (error) {
      // The next daemon finds the replicas by what really runs.
      this.#trouble('the store refused to be written at the end', error);
    }
  }

  /** What the name server answered since the last batch. */
  addQueries(batch: QueryBatch): void {
    this.#state.book.addQueries(batch);
    this.#surges.lookAtQueries(batch);
  }

  /** The pages change in any case; policies that do not fit them any more are reported as problems. */
  replacePages(change: SiteChange): void {
    this.#report('the policies do not fit the new pages', this.#state.catalogue.replacePages(change));
    for (const { path } of change.changed) this.#state.histories.pardon(path);
    for (const { path } of change.removed) this.#forget(path);
    this.#answers.pagesChanged([...change.added, ...change.changed], change.removed);
    this.#state.wake();
  }

  /** The problems when they do not fit the pages; nothing has changed then. */
  replacePolicies(policies: readonly Policy[]): readonly Problem[] {
    const problems = this.#state.catalogue.replacePolicies(policies);
    this.#report('the policies do not fit the pages', problems);
    if (problems.length > 0) return problems;
    for (const page of [...this.#state.histories.pages()]) this.#state.histories.pardon(page);
    // Nobody decides on a page without a policy, so what was decided last must not stand on.
    for (const page of [...this.#state.decisions.keys()]) {
      if (!this.#state.catalogue.get(page)?.policy) this.#forget(page);
    }
    this.#answers.policiesChanged();
    this.#alarms.set(policies);
    this.#rulesChanged();
    return [];
  }

  /** The static records have changed; `serial` is the one that the operator wrote into them. */
  async recordsChanged(serial: number): Promise<void> {
    await this.#publisher.renew(serial);
    this.#emitPublished([], []);
  }

  /** One pass. It does not reject: what went wrong is reported, and tried again in the next one. */
  async #tick(): Promise<void> {
    const { clock, emit } = this.#state;
    const startedAt = clock.now();
    try {
      this.hand.expire();
      const pages = this.#decideAndAct(startedAt);
      await this.#publish();
      this.#surges.decided(pages);
      this.#keeper.sweep();
      this.#lastTickAt = clock.now();
      emit({ kind: 'ticked', at: this.#lastTickAt, seconds: (this.#lastTickAt - startedAt) / 1_000 });
    } catch (error) {
      this.#trouble('a pass of the control loop failed', error);
    }
  }

  #decideAndAct(now: number): readonly PlannedPage[] {
    const state = this.#state;
    const pages = this.#decider.next(now);
    for (const { path, decision } of pages) state.histories.set(path, decision.history);
    const intent = intend(state, planFor(state, pages, now), pages, now);
    const minutes = this.records.draft(pages, intent);
    try {
      this.records.write(minutes);
    } catch (error) {
      act(state, takeBack(state, intent));
      this.#trouble('the store refused to be written, so nothing boots', error);
      return pages;
    }
    this.records.announce(minutes);
    act(state, intent);
    return pages;
  }

  async #publish(): Promise<void> {
    const { wanted, removed } = this.#answers.take();
    const answers = await this.#publisher.publish(wanted, removed).catch((error: unknown) => {
      this.#answers.putBack(removed);
      throw error;
    });
    if (answers.length + removed.length === 0) return;
    this.#emitPublished(answers, removed);
    this.#surges.published(answers);
  }

  #emitPublished(answers: readonly PageAnswer[], removed: readonly string[]): void {
    const at = this.#state.clock.now();
    this.#state.emit({ kind: 'published', at, serial: this.serial, answers, removed });
  }

  /** A store that refuses must not keep a dead address in the answers, so the publication goes on without it. */
  #commit(serial: number): void {
    try {
      saveBooks(this.#state, () => this.#state.store.saveSerial(serial));
    } catch (error) {
      this.#trouble('the store refused to be written before a publication', error);
    }
  }

  /** Every page may be decided on otherwise now. */
  #rulesChanged(): void {
    this.#decider.rulesChanged();
    this.#state.wake();
  }

  #forget(page: string): void {
    this.#state.decisions.delete(page);
    this.#state.surgingSince.delete(page);
  }

  async #countOrigin(take: TakeOriginReport): Promise<void> {
    const report = await take();
    if (report === null) return;
    this.#state.book.addRequests(report.counts);
    this.#state.book.addReport('origin', report.from, report.to);
    this.#state.emit({ kind: 'visited', at: this.#state.clock.now(), counts: report.counts });
    this.#surges.lookAtRequests(report.counts);
  }

  #every(intervalMs: number, look: () => Promise<void>): void {
    again(intervalMs, this.#stop.signal, look, (error) =>
      this.#trouble('a look at what is really there failed', error),
    );
  }

  #trouble(what: string, error: unknown): void {
    this.#state.emit({ kind: 'trouble', at: this.#state.clock.now(), what, error });
  }

  #report(what: string, problems: readonly Problem[]): void {
    if (problems.length > 0)
      this.#state.emit({ kind: 'problems', at: this.#state.clock.now(), what, problems });
  }
}
