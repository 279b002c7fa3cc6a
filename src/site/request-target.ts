/** What a request asks for, and whom. */
export interface RequestTarget {
  /** Host name in lower case, without port and trailing dot. */
  readonly host: string;
  /** Percent-decoded, from the leading slash up to the first `?`, also where that `?` came percent-encoded. */
  readonly path: string;
  /** Percent-decoded, from after the first `?`; `null` without one. */
  readonly query: string | null;
}

/** RFC 9112 section 3.2.2: a server must accept the absolute form, and its host then counts. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const VISIBLE_WITHOUT_FRAGMENT = /^[\x21\x22\x24-\x7e]+$/;
/** RFC 9110 section 7.2 and RFC 3986 section 3.2.2: a name or a bracketed address, then maybe a port. */
const HOST_FIELD = /^(\[[0-9a-f:.]+\]|[a-z0-9._~%!$&'()*+,;=-]+)(?::\d{0,5})?$/i;

/** Reads the target and the Host field of a request; `null` for what is to be answered 400. */
export function parseTarget(target: string, hostField: string | undefined): RequestTarget | null {
  if (hostField === undefined || !VISIBLE_WITHOUT_FRAGMENT.test(target)) return null;
  const absolute = ABSOLUTE.exec(target);
  const host = HOST_FIELD.exec(absolute?.[1] ?? hostField)?.[1];
  const origin = absolute === null ? target : withSlash(absolute[2] ?? '');
  const decoded = percentDecode(origin);
  if (host === undefined || decoded === null || !decoded.startsWith('/')) return null;
  return { host: host.toLowerCase().replace(/\.$/, ''), ...splitQuery(decoded) };
}

/** Whether a page answers for a path on its own host: for `/` and for its own name, whatever the query says. */
export function isOwnPath(urlPath: string, path: string): boolean {
  return path === '/' || path === ownPath(urlPath);
}

/** A page's path on its own host, decoded and without the query that wget put into the file's name. */
export function ownPath(urlPath: string): string {
  return splitQuery(percentDecode(urlPath) ?? urlPath).path;
}

function splitQuery(decoded: string): { readonly path: string; readonly query: string | null } {
  const mark = decoded.indexOf('?');
  if (mark === -1) return { path: decoded, query: null };
  return { path: decoded.slice(0, mark), query: decoded.slice(mark + 1) };
}

/** `http://host` and `http://host?query` mean the root (RFC 9112 section 3.2.1). */
function withSlash(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function percentDecode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
