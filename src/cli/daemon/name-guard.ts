import type { ResourceRecord } from '../../dns/record.js';
import { Zone } from '../../dns/zone.js';
import type { Parsed, Problem } from '../../problem.js';
import type { ServedPage, SiteChange } from '../../site/page.js';

/**
 * Keeps pages out whose names the operator's own records have already. A publication is made whole or not at all, so
 * one such page would keep every other change, and the withdrawal of dead replicas too, from being published.
 */
export class NameGuard {
  #zone: Zone;
  /** By path: pages of the site that are kept out. */
  readonly #withheld = new Map<string, ServedPage>();

  private constructor(zone: Zone) {
    this.#zone = zone;
  }

  static of(domain: string, records: readonly ResourceRecord[]): Parsed<NameGuard> {
    const zone = Zone.build({ domain, records });
    return zone.ok ? { ok: true, value: new NameGuard(zone.value) } : zone;
  }

  /** From now on these are the operator's records, which fit the pages; gives back what can be served now. */
  replaceRecords(domain: string, records: readonly ResourceRecord[]): SiteChange {
    const zone = Zone.build({ domain, records });
    if (zone.ok) this.#zone = zone.value;
    const added = [...this.#withheld.values()].filter(({ host }) => this.#conflicts(host).length === 0);
    for (const { path } of added) this.#withheld.delete(path);
    return { added, changed: [], removed: [] };
  }

  /** The change without the pages that cannot be served, and why not. */
  admit(change: SiteChange): { readonly change: SiteChange; readonly problems: readonly Problem[] } {
    const problems: Problem[] = [];
    const added = change.added.filter((page) => {
      const conflicts = this.#conflicts(page.host);
      problems.push(
        ...conflicts.map((problem) => ({ ...problem, message: `${page.path}: ${problem.message}` })),
      );
      if (conflicts.length > 0) this.#withheld.set(page.path, page);
      return conflicts.length === 0;
    });
    const changed = change.changed.filter((page) => {
      if (this.#withheld.has(page.path)) this.#withheld.set(page.path, page);
      return !this.#withheld.has(page.path);
    });
    for (const { path } of change.removed) this.#withheld.delete(path);
    return { change: { ...change, added, changed }, problems };
  }

  #conflicts(host: string): readonly Problem[] {
    return this.#zone.conflicts([host]);
  }
}
