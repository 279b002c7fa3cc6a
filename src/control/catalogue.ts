import type { LoadSettings } from '../load/load.js';
import { assignPolicies } from '../policy/match.js';
import type { Policy, Schedule } from '../policy/policy.js';
import type { Problem } from '../problem.js';
import { loadSettings } from '../scale/load-settings.js';
import type { ServedPage, SiteChange } from '../site/page.js';

/** A page with what the policies say about it. */
export interface CataloguedPage {
  readonly page: ServedPage;
  /** `Page.host` in lower case. */
  readonly host: string;
  /** Null: no policy matches, so the page stays on the origin. */
  readonly policy: Policy | null;
  readonly load: LoadSettings;
}

/** A page without a policy is measured all the same, for those who look. */
export const UNPOLICED_LOAD: LoadSettings = {
  stableWindow: 60_000,
  panicWindow: 6_000,
  ignores: () => false,
};

/** The pages that exist, by path and by host, each with its policy. */
export class Catalogue {
  #pages = new Map<string, ServedPage>();
  #policies: readonly Policy[] = [];
  #byPath = new Map<string, CataloguedPage>();
  #byHost = new Map<string, CataloguedPage>();
  #withFloor: readonly CataloguedPage[] = [];
  #withScheduledFloor: readonly CataloguedPage[] = [];
  #withFallback: readonly CataloguedPage[] = [];

  /** What keeps the policies from being applied to the pages leaves everything as it was. */
  replacePolicies(policies: readonly Policy[]): readonly Problem[] {
    const problems = this.#assign(this.#pages, policies);
    if (problems.length === 0) this.#policies = policies;
    return problems;
  }

  /** The pages change in any case; where their policies conflict, the new pages stay on the origin until that is mended. */
  replacePages(change: SiteChange): readonly Problem[] {
    const pages = new Map(this.#pages);
    for (const page of change.removed) pages.delete(page.path);
    for (const page of [...change.added, ...change.changed]) pages.set(page.path, page);
    this.#pages = pages;
    const problems = this.#assign(pages, this.#policies);
    if (problems.length > 0) {
      this.#index(
        pages,
        new Map([...this.#byPath].flatMap(([path, known]) => (known.policy ? [[path, known.policy]] : []))),
      );
    }
    return problems;
  }

  get(path: string): CataloguedPage | undefined {
    return this.#byPath.get(path);
  }

  byHost(host: string): CataloguedPage | undefined {
    return this.#byHost.get(host);
  }

  all(): readonly CataloguedPage[] {
    return [...this.#byPath.values()];
  }

  /** Pages that have replicas whatever their load. */
  get withFloor(): readonly CataloguedPage[] {
    return this.#withFloor;
  }

  /** Pages that have replicas whatever their load while a schedule is open. */
  get withScheduledFloor(): readonly CataloguedPage[] {
    return this.#withScheduledFloor;
  }

  /** Pages that may get replicas because nothing is measured. */
  get withFallback(): readonly CataloguedPage[] {
    return this.#withFallback;
  }

  get size(): number {
    return this.#byPath.size;
  }

  get policies(): readonly Policy[] {
    return this.#policies;
  }

  #assign(pages: ReadonlyMap<string, ServedPage>, policies: readonly Policy[]): readonly Problem[] {
    const assigned = assignPolicies([...pages.keys()], policies);
    if (!assigned.ok) return assigned.problems;
    this.#index(pages, assigned.value);
    return [];
  }

  #index(pages: ReadonlyMap<string, ServedPage>, policies: ReadonlyMap<string, Policy>): void {
    const loads = new Map<Policy, LoadSettings>();
    const loadOf = (policy: Policy): LoadSettings => {
      const known = loads.get(policy) ?? loadSettings(policy);
      loads.set(policy, known);
      return known;
    };
    const catalogued = [...pages.values()].map((page): CataloguedPage => {
      const policy = policies.get(page.path) ?? null;
      return {
        page,
        host: page.host.toLowerCase(),
        policy,
        load: policy === null ? UNPOLICED_LOAD : loadOf(policy),
      };
    });
    this.#byPath = new Map(catalogued.map((entry) => [entry.page.path, entry]));
    this.#byHost = new Map(catalogued.map((entry) => [entry.host, entry]));
    this.#withFloor = catalogued.filter(({ policy }) => policy !== null && policy.minReplicas > 0);
    this.#withFallback = catalogued.filter(({ policy }) => policy && policy.fallback !== null);
    this.#withScheduledFloor = catalogued.filter(({ policy }) => policy?.schedules.some(hasFloor));
  }
}

function hasFloor({ minReplicas }: Schedule): boolean {
  return minReplicas !== null && minReplicas > 0;
}
