import type { ResourceRecord } from '../../dns/record.js';
import { Zone } from '../../dns/zone.js';
import type { Parsed, Problem } from '../../problem.js';
import type { SiteChange } from '../../site/page.js';

/**
 * Keeps pages out whose names the operator's own records have already. A publication is made whole or not at all, so
 * one such page would keep every other change, and the withdrawal of dead replicas too, from being published.
 */
export class NameGuard {
  #zone: Zone;

  private constructor(zone: Zone) {
    this.#zone = zone;
  }

  static of(domain: string, records: readonly ResourceRecord[]): Parsed<NameGuard> {
    const zone = Zone.build({ domain, records });
    return zone.ok ? { ok: true, value: new NameGuard(zone.value) } : zone;
  }

  /** From now on these are the operator's records; they have been found to fit the pages. */
  replaceRecords(domain: string, records: readonly ResourceRecord[]): void {
    const zone = Zone.build({ domain, records });
    if (zone.ok) this.#zone = zone.value;
  }

  /** The change without the pages that cannot be served, and why not. */
  admit(change: SiteChange): { readonly change: SiteChange; readonly problems: readonly Problem[] } {
    const problems: Problem[] = [];
    const isFree = ({ host, path }: { readonly host: string; readonly path: string }): boolean => {
      const conflicts = this.#zone.conflicts([host]);
      problems.push(...conflicts.map((problem) => ({ ...problem, message: `${path}: ${problem.message}` })));
      return conflicts.length === 0;
    };
    const changed = change.changed.filter(({ host }) => this.#zone.conflicts([host]).length === 0);
    return { change: { ...change, added: change.added.filter(isFree), changed }, problems };
  }
}
