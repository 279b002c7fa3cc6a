import { DEFAULT_LIMITS, type HttpLimits } from '../driver/process/http-limits.js';
import { createPageListener } from '../driver/process/page-listener.js';
import type { SiteChange } from '../site/page.js';
import { type PageResponse, plainResponse } from '../site/plain-response.js';
import { parseTarget } from '../site/request-target.js';
import { type PageRequest, respond } from '../site/respond.js';
import { type CountsMark, type CountsReport, RequestCounts } from './request-counts.js';
import { SiteMap } from './site-map.js';

export interface Endpoint {
  /** IPv4 or IPv6 in text form. `::` means IPv6 alone. */
  readonly address: string;
  /** 0 lets the system choose one. */
  readonly port: number;
  /** A socket that listens there already. */
  readonly fd?: number | null;
}

export interface OriginOptions {
  readonly listen: readonly Endpoint[];
  /** The host name under which all pages are found by path; without the trailing dot. */
  readonly domain: string;
  readonly limits?: Partial<HttpLimits>;
}

/** The host that serves the whole site: each page under its own host name, and all of them under the domain. */
export interface Origin {
  /** What it really listens on, in the order of `listen`. */
  readonly addresses: readonly Endpoint[];
  /** Puts a change into effect at once and whole: no request is answered from half of it. */
  replace(change: SiteChange): void;
  /** Requests that led to a page. */
  counts(after: CountsMark | null): CountsReport;
  /** Lets answers finish for so long (2 s unless told) and closes. */
  close(graceMs?: number): Promise<void>;
}

const CLOSE_GRACE_MS = 2_000;

/** @throws ListenError when one of the addresses cannot be listened on; then none is. */
export async function startOrigin(options: OriginOptions): Promise<Origin> {
  const site = new SiteMap(options.domain);
  const counts = new RequestCounts();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const listeners = options.listen.map(() =>
    createPageListener((request) => answer(request, site, counts), limits),
  );
  const close = async (graceMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close(graceMs)));
  };

  const results = await Promise.allSettled(
    options.listen.map(({ address, port, fd }, index) => listeners[index]?.listen(address, port, fd)),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await close(0);
    throw failure.reason;
  }
  return {
    addresses: results.flatMap((result) =>
      result.status === 'fulfilled' && result.value !== undefined
        ? [{ address: result.value.address, port: result.value.port }]
        : [],
    ),
    replace: (change) => site.apply(change),
    counts: (after) => counts.report(after),
    close: (graceMs = CLOSE_GRACE_MS) => close(graceMs),
  };
}

function answer(request: PageRequest, site: SiteMap, counts: RequestCounts): PageResponse {
  const target = parseTarget(request.target, request.headers.host);
  if (target === null) return respond(request, 400);
  const found = site.find(target);
  switch (found.kind) {
    case 'page':
      counts.count(found.bundle.host);
      return respond(request, found.bundle);
    case 'refusal':
      return respond(request, found.status);
    case 'folder': {
      const mark = request.target.indexOf('?');
      const query = mark === -1 ? '' : request.target.slice(mark);
      const folder = found.path.split('/').map(encodeURIComponent).join('/');
      return plainResponse(request.method, 301, [['Location', `${folder}/${query}`]]);
    }
    default:
      return found satisfies never;
  }
}
