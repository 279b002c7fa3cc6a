/** Where the pages of a site live. */
export interface LinkMap {
  /** The site's domain name: links to it are links of the site. */
  readonly domain: string;
  /** The absolute URL of the page with this `Page.path`, or undefined when there is none. */
  urlOf(path: string): string | undefined;
}

/** A link to this site that leads to no page of it. */
export interface DeadLink {
  /** `Page.path` of the page that holds the link. */
  readonly page: string;
  /** 1-based. */
  readonly line: number;
  /** As its author wrote it, references and escapes decoded. */
  readonly link: string;
}

/** What the links of one document are resolved against. */
export interface Base {
  readonly links: LinkMap;
  /** Scheme, domain and port under which the origin serves the whole site. */
  readonly site: URL;
  /** What its author's relative links lean on. */
  readonly written: string;
  /** What they lean on once the document is served from its own host. */
  readonly served: string;
}

/** Where a link leads: the URL to write in its place, unless what is there leads there already. */
export interface Destination {
  readonly url: string | undefined;
  readonly dead: boolean;
}

/** A scheme that no page of a site has, told before a data: URL of a megabyte is parsed. */
const OTHER_SCHEME = /^[\0-\x20]*(?!https?:)[a-z][a-z0-9+.-]*:/i;

/**
 * The base of the document at `path`. Replicas and origin listen on the same port, since DNS carries none, so the
 * port and scheme of the page's own URL are the site's.
 */
export function baseOf(path: string, links: LinkMap): Base {
  const own = links.urlOf(path);
  const site = new URL(own ?? 'http://localhost/');
  site.href = `${site.protocol}//${links.domain}${site.port === '' ? '' : `:${site.port}`}/`;
  const [file = '', ...query] = path.split('?');
  const search = query.length === 0 ? '' : `?${query.join('?').replaceAll('#', '%23')}`;
  const written = new URL(file.replace(/[%#]/g, encodeURIComponent) + search, site).href;
  return { links, site, written, served: own === undefined ? written : new URL(own).href };
}

/**
 * The base of a document with a `<base href>`: `blank` tells that the element has to be emptied. One that leads to
 * another site stays, and with it everything that leans on it.
 */
export function baseWith(href: string, base: Base): { readonly base: Base; readonly blank: boolean } {
  const url = parseUrl(href, base.written);
  // Section 4.2.3 of the HTML standard: such a base counts for nothing.
  if (url === undefined || url.protocol === 'data:' || url.protocol === 'javascript:') {
    return { base, blank: false };
  }
  if (isOfSite(url, base.site)) return { base: { ...base, written: url.href }, blank: true };
  return { base: { ...base, written: url.href, served: url.href }, blank: false };
}

/**
 * Follows a link to where it leads. A link to a page leads to that page's own host; one to this site that finds no
 * page leads to the domain itself, because there the origin answers an honest 404; one to another site stays where it is.
 */
export function follow(link: string, base: Base): Destination | undefined {
  if (OTHER_SCHEME.test(link)) return undefined;
  const url = parseUrl(link, base.written);
  if (url === undefined) return undefined;
  const page = isOfSite(url, base.site) ? findPage(url, base.links) : url.href;
  const target = page ?? base.site.origin + url.pathname + suffixOf(url);
  const already = parseUrl(link, base.served)?.href === target;
  return { url: already ? undefined : target, dead: page === undefined };
}

function parseUrl(link: string, base: string): URL | undefined {
  return URL.canParse(link, base) ? new URL(link, base) : undefined;
}

function isOfSite(url: URL, site: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return url.hostname.replace(/\.$/, '') === site.hostname && (url.port === '' || url.port === site.port);
}

/** The URL on its own host of the page that a link to this site means. */
function findPage(url: URL, links: LinkMap): string | undefined {
  const files = [...new Set([decode(url.pathname), url.pathname])].flatMap((path) => [
    path,
    path.endsWith('/') ? `${path}index.html` : `${path}/index.html`,
  ]);
  const hash = url.href.includes('#') ? url.href.slice(url.href.indexOf('#')) : '';
  for (const query of savedQueries(url.search)) {
    for (const file of files) {
      const found = links.urlOf(file + query);
      if (found !== undefined) return new URL(found).href + hash;
    }
  }
  for (const file of files) {
    const found = links.urlOf(file);
    if (found === undefined) continue;
    const target = new URL(found).href;
    // A file whose name holds a query, linked as `name%3Fquery`, has its query already.
    return target + (target.includes('?') ? hash : suffixOf(url));
  }
  return undefined;
}

/** The ways in which a mirroring program writes a query into a file name: a slash cannot be in one. */
function savedQueries(search: string): readonly string[] {
  if (search === '') return [];
  return [...new Set([search, decode(search), decode(search).replaceAll('/', '%2F')])];
}

/** Query and fragment as they are, an empty one too. */
function suffixOf(url: URL): string {
  const start = url.href.search(/[?#]/);
  return start === -1 ? '' : url.href.slice(start);
}

/** Percent-decodes what is UTF-8; an encoded slash separates nothing, and stays. */
function decode(path: string): string {
  return path.replace(/(?:%(?!2f)[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
