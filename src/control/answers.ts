import type { PageAnswer } from '../dns/publication.js';
import { pageAnswer } from '../scale/answers.js';
import type { Replica } from '../scale/replica.js';
import type { Page } from '../site/page.js';
import type { CataloguedPage } from './catalogue.js';
import { type ControlState, isFresh } from './state.js';

/** What should be answered now. Only pages that have replicas, had some, or were told to be new are looked at. */
export class Answers {
  readonly #state: ControlState;
  readonly #apex: string;
  readonly #origin: readonly string[];
  readonly #removed = new Set<string>();
  /** Paths to look at next time; `all` in the beginning and after a change of policies. */
  #dirty: Set<string> | 'all' = 'all';
  #withReplicas = new Set<string>();

  constructor(state: ControlState, apex: string, origin: readonly string[]) {
    this.#state = state;
    this.#apex = apex;
    this.#origin = origin;
  }

  /** Takes what has to be looked at; what changes from now on is for the next time. */
  take(): { readonly wanted: readonly PageAnswer[]; readonly removed: readonly string[] } {
    const { catalogue, fleet } = this.#state;
    const byPage = fleet.byPage();
    const isAll = this.#dirty === 'all';
    const paths = new Set([
      ...(this.#dirty === 'all' ? [] : this.#dirty),
      ...this.#withReplicas,
      ...byPage.keys(),
    ]);
    const pages = isAll ? catalogue.all() : [...paths].flatMap((path) => catalogue.get(path) ?? []);
    const wanted = pages.map((page) => this.#pageAnswer(page, byPage.get(page.page.path) ?? []));
    const removed = [...this.#removed].filter((host) => catalogue.byHost(host) === undefined);
    this.#dirty = new Set();
    this.#removed.clear();
    this.#withReplicas = new Set(byPage.keys());
    return { wanted: isAll ? [...wanted, this.#apexAnswer()] : wanted, removed };
  }

  /** What was taken could not be published: everything is looked at again. */
  putBack(removed: readonly string[]): void {
    this.#dirty = 'all';
    for (const host of removed) this.#removed.add(host);
  }

  pagesChanged(changed: readonly Page[], removed: readonly Page[]): void {
    if (this.#dirty !== 'all') for (const { path } of changed) this.#dirty.add(path);
    for (const { host } of removed) this.#removed.add(host.toLowerCase());
  }

  policiesChanged(): void {
    this.#dirty = 'all';
  }

  #pageAnswer({ page, host, policy }: CataloguedPage, replicas: readonly Replica[]): PageAnswer {
    const fresh = replicas.filter((replica) => isFresh(this.#state, replica));
    const serving = fresh.filter(({ state }) => state === 'serving').length;
    const desired = this.#state.decisions.get(page.path)?.desired ?? serving;
    return pageAnswer({
      host,
      dns: policy?.dns ?? null,
      replicas: fresh,
      desired,
      originAddresses: this.#origin,
    });
  }

  #apexAnswer(): PageAnswer {
    const host = this.#apex.toLowerCase();
    return pageAnswer({ host, dns: null, replicas: [], desired: 0, originAddresses: this.#origin });
  }
}
