import type { NamingScheme } from './page.js';

/** A hash of a text in lower-case hex, at least twelve digits. */
export type HexHash = (text: string) => string;

const LABEL_MAX = 63;
/** 48 bits: two of 100,000 names meet with a probability of 2 in 100,000, and the index finds it if they do. */
const SUFFIX_DIGITS = 12;
const SUFFIX = new RegExp(`(^|-)[0-9a-f]{${SUFFIX_DIGITS}}$`);

/** The host name of a file: absolute, without the trailing dot. It may be illegal; the index judges that. */
export function hostOf(path: string, domain: string, naming: NamingScheme, hash: HexHash): string {
  switch (naming) {
    case 'post':
      return postHost(path, domain);
    case 'flat':
      return `${flatLabel(path, hash)}.${domain}`;
    default:
      return naming satisfies never;
  }
}

/**
 * The rule of the 2015 post: the folders reversed, the file's name up to the first `?`, the domain, and `-` for every
 * `_`. Dots inside a name become label separators and letters keep their case, so two files can get one host name.
 */
export function postHost(path: string, domain: string): string {
  const folders = path.split('/').slice(1);
  const file = folders.pop() ?? '';
  const name = file.split('?')[0] ?? '';
  return [...folders.reverse(), name, domain].join('.').replaceAll('_', '-');
}

/**
 * One label a file, so that one wildcard certificate covers the site: `/blog/my-post/index.html` is
 * `blog--my-post--index-html`. A label that cannot be read back to exactly this path, or is no good as a host label,
 * carries a hash of the path instead; no label without a hash looks like one with it, so no two paths share a label.
 */
export function flatLabel(path: string, hash: HexHash): string {
  const plain = path
    .slice(1)
    .replaceAll('/', '--')
    .replace(/\.([^.]*)$/, '-$1');
  if (isPlainLabel(plain) && pathOfPlain(plain) === path) return plain;
  const readable = path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LABEL_MAX - SUFFIX_DIGITS)
    .replace(/^-|-$/g, '');
  return [readable === '' ? 'page' : readable, hash(path).slice(0, SUFFIX_DIGITS)].join('-');
}

function isPlainLabel(label: string): boolean {
  return (
    label.length <= LABEL_MAX &&
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label) &&
    // RFC 5890 section 2.3.1: labels with hyphens in the third and fourth place are reserved (`xn--`).
    label.slice(2, 4) !== '--' &&
    !SUFFIX.test(label)
  );
}

/** What a label without a hash stands for: the last hyphen of the file's name is the dot of its extension. */
function pathOfPlain(label: string): string {
  const names = label.split('--');
  const file = names.pop() ?? '';
  return `/${[...names, file.replace(/-([^-]*)$/, '.$1')].join('/')}`;
}

/**
 * What a browser asks the page's host for: the file's name with its query, percent-encoded as RFC 3986 section 3.3
 * wants it. A `'` is encoded too, because browsers do so in queries (WHATWG URL, special-query percent-encode set).
 */
export function urlPathOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const query = file.indexOf('?');
  if (query === -1) return `/${encode(file)}`;
  return `/${encode(file.slice(0, query))}?${encode(file.slice(query + 1))}`;
}

function encode(text: string): string {
  return text.replace(/[^A-Za-z0-9\-._~!$&()*+,;=:@/?]+/gu, (run) =>
    Array.from(
      new TextEncoder().encode(run),
      (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  );
}
