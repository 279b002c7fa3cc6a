import type { Bundle } from '../site/bundle.js';
import type { ServedPage, SiteChange } from '../site/page.js';
import type { Refusal } from '../site/plain-response.js';
import { isOwnPath, type RequestTarget } from '../site/request-target.js';

/** Where a request leads: to a page, to a folder whose name lacks its slash, or nowhere. */
export type Found =
  | { readonly kind: 'page'; readonly bundle: Bundle }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'refusal'; readonly status: Refusal };

const INDEX = 'index.html';

/** All pages by host name, and by path under the domain. */
export class SiteMap {
  readonly #domain: string;
  readonly #byHost = new Map<string, ServedPage>();
  readonly #byPath = new Map<string, ServedPage>();

  constructor(domain: string) {
    this.#domain = domain.toLowerCase();
  }

  /** Synchronous, so that no request sees half of it. */
  apply(change: SiteChange): void {
    for (const page of change.removed) {
      this.#byHost.delete(page.host.toLowerCase());
      this.#byPath.delete(page.path);
    }
    for (const page of [...change.added, ...change.changed]) {
      const before = this.#byPath.get(page.path);
      if (before !== undefined) this.#byHost.delete(before.host.toLowerCase());
    }
    for (const page of [...change.added, ...change.changed]) {
      this.#byHost.set(page.host.toLowerCase(), page);
      this.#byPath.set(page.path, page);
    }
  }

  find(target: RequestTarget): Found {
    const page = this.#byHost.get(target.host);
    if (page !== undefined) {
      return isOwnPath(page.urlPath, target.path)
        ? { kind: 'page', bundle: page.bundle }
        : { kind: 'refusal', status: 404 };
    }
    return target.host === this.#domain ? this.#findByPath(target) : { kind: 'refusal', status: 421 };
  }

  /** A file that was saved with its query comes first, as `wget -m` writes `page?query` and `folder/index.html?query`. */
  #findByPath({ path, query }: RequestTarget): Found {
    const file = path.endsWith('/') ? `${path}${INDEX}` : path;
    const page =
      (query === null ? undefined : this.#byPath.get(`${file}?${query}`)) ?? this.#byPath.get(file);
    if (page !== undefined) return { kind: 'page', bundle: page.bundle };
    return this.#byPath.has(`${path}/${INDEX}`) ? { kind: 'folder', path } : { kind: 'refusal', status: 404 };
  }
}
