import type { Parsed, Problem } from '../problem.js';
import { type HexHash, hostOf, urlPathOf } from './naming.js';
import type { NamingScheme, Page } from './page.js';

const LABEL_MAX = 63;
/** RFC 1035 section 2.3.4 allows 255 octets on the wire, which are 253 characters as text. */
const NAME_MAX = 253;
/** A problem names so many files and counts the rest. */
const FILES_SHOWN = 5;

export interface NamingOptions {
  /** The zone's apex, without the trailing dot. */
  readonly domain: string;
  readonly naming: NamingScheme;
  readonly hash: HexHash;
}

/** Dot files (`.htaccess`, `.git/...`) are the site keeper's own: they are never pages. */
export function isDotFile(path: string): boolean {
  return path.includes('/.');
}

/**
 * The pages of a site from its files' paths (as in `Page.path`), sorted by path; or everything that keeps the files
 * from having host names, all at once, so that nothing is ever served half-named.
 */
export function indexSite(paths: readonly string[], options: NamingOptions): Parsed<readonly Page[]> {
  const domainFaults = nameFaults(options.domain);
  if (domainFaults.length > 0) {
    return { ok: false, problems: domainFaults.map((message) => domainProblem(options.domain, message)) };
  }
  const pages = paths
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((path) => ({
      path,
      host: hostOf(path, options.domain, options.naming, options.hash),
      urlPath: urlPathOf(path),
    }));
  const problems = [
    ...pages.flatMap(unprintable),
    ...pages.flatMap((page) => pageProblems(page, options)),
    ...collisions(pages, options),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: pages };
}

/** Control characters and halves of surrogate pairs can stand neither in a bundle nor in a log line. */
function unprintable({ path }: Page): Problem[] {
  if (!/[\p{Cc}\p{Cs}]/u.test(path)) return [];
  const message = 'has a control character in its name';
  return [{ where: JSON.stringify(path), message, hint: 'rename the file' }];
}

function pageProblems(page: Page, options: NamingOptions): Problem[] {
  const problems = nameFaults(page.host).map((fault) => ({
    where: page.path,
    message: `gets the host name "${page.host}", and ${fault}`,
    hint: advice(options.naming),
  }));
  if (page.host.toLowerCase() !== options.domain.toLowerCase()) return problems;
  const message = `gets the host name "${page.host}", which is the domain itself`;
  return [...problems, { where: page.path, message, hint: advice(options.naming) }];
}

/** What is wrong with a host name, if anything: RFC 952 and RFC 1123 section 2.1 allow letters, digits and hyphens. */
export function nameFaults(host: string): readonly string[] {
  const faults = new Set<string>();
  if (host.length > NAME_MAX) faults.add(`a name may have ${NAME_MAX} characters, not ${host.length}`);
  for (const label of host.split('.')) {
    const illegal = /[^A-Za-z0-9-]/u.exec(label)?.[0];
    if (label === '') faults.add('a label of it is empty (two dots in a row, or one at an end)');
    else if (illegal !== undefined) {
      faults.add(`${JSON.stringify(illegal)} is not a letter, a digit or a hyphen`);
    } else if (label.startsWith('-') || label.endsWith('-')) {
      faults.add(`its label "${label}" starts or ends with a hyphen`);
    }
    if (label.length > LABEL_MAX) {
      faults.add(`a label may have ${LABEL_MAX} characters, not ${label.length} as "${label}"`);
    }
  }
  return [...faults];
}

/** Names that differ only in letter case are one name (RFC 4343). */
function collisions(pages: readonly Page[], options: NamingOptions): Problem[] {
  const byName = new Map<string, Page[]>();
  for (const page of pages) {
    const name = page.host.toLowerCase();
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [page]);
    else same.push(page);
  }
  return [...byName.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return [];
    const shown = others.slice(0, FILES_SHOWN).map((page) => page.path);
    const more = others.length > FILES_SHOWN ? ` and ${others.length - FILES_SHOWN} more` : '';
    const message = `has the same host name "${first.host}" as ${shown.join(', ')}${more}`;
    return [{ where: first.path, message, hint: advice(options.naming) }];
  });
}

function advice(naming: NamingScheme): string {
  switch (naming) {
    case 'post':
      return 'rename the file, or use the naming scheme "flat", which has a legal name for every file';
    case 'flat':
      return 'rename the file';
    default:
      return naming satisfies never;
  }
}

function domainProblem(domain: string, fault: string): Problem {
  return {
    where: 'domain',
    message: `"${domain}" is no host name: ${fault}`,
    hint: 'write it like "www.example.org", without a trailing dot',
  };
}
