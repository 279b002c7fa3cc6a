import type { Problem } from '../problem.js';
import type { NamingScheme, Page, SiteChange } from '../site/page.js';
import type { LinkMap } from '../site/rewrite.js';
import { indexSite } from '../site/site-index.js';
import { type BuiltPage, buildPage } from './page-build.js';
import { sha256 } from './representation.js';
import { readSource } from './source.js';
import type { TreeFile } from './tree.js';

/** Pages in work at once: zlib has four threads (UV_THREADPOOL_SIZE), and files wait in memory. */
const CONCURRENCY = 4;

export interface BuildOptions {
  /** The zone's apex, without the trailing dot. */
  readonly domain: string;
  readonly naming: NamingScheme;
  /** Of the links between pages. */
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Where bundle files go; it has to exist. */
  readonly bundleDir: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** By `Page.path`, sorted. */
export type BuiltSite = ReadonlyMap<string, BuiltPage>;

export type BuildOutcome =
  | { readonly kind: 'built'; readonly site: BuiltSite }
  /** A file was written to meanwhile: look at the folder again. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] };

/** Builds the pages of a site; those of `before` whose file and links are as they were are taken over. */
export async function buildSite(
  files: ReadonlyMap<string, TreeFile>,
  before: BuiltSite,
  options: BuildOptions,
): Promise<BuildOutcome> {
  const { domain, naming } = options;
  const hash = (text: string): string => sha256(Buffer.from(text));
  const index = indexSite([...files.keys()], { domain, naming, hash });
  if (!index.ok) return { kind: 'failed', problems: index.problems };
  const links = linkMap(index.value, options);

  const built = new Map<string, BuiltPage>();
  const problems: Problem[] = [];
  let changing = false;
  let done = 0;
  const build = async (page: Page): Promise<void> => {
    const source = files.get(page.path);
    const old = before.get(page.path);
    if (source === undefined || changing) return;
    if (old !== undefined && isCurrent(old, page, source, links)) built.set(page.path, old);
    else {
      const read = readSource(source);
      if (read.kind === 'changing') changing = true;
      else if (read.kind === 'failed') problems.push(read.problem);
      else {
        const result = await buildPage(page, source, read.bytes, links, options.bundleDir);
        if (result.ok) built.set(page.path, result.value);
        else problems.push(...result.problems);
      }
    }
    done += 1;
    options.onProgress?.(done, index.value.length);
  };
  await forEachConcurrently(index.value, build);

  if (changing) return { kind: 'changing' };
  if (problems.length > 0) return { kind: 'failed', problems: unique(problems) };
  // Pages finish in any order; the site has one.
  return { kind: 'built', site: new Map(index.value.flatMap((page) => entryOf(built, page.path))) };
}

/** What became different between two builds; a page that was only looked at again is not in it. */
export function changeOf(before: BuiltSite, after: BuiltSite): SiteChange {
  const served = [...after.values()].map((page) => page.served);
  return {
    added: served.filter((page) => !before.has(page.path)),
    changed: served.filter((page) => {
      const old = before.get(page.path)?.served;
      return old !== undefined && (old.bundleFile !== page.bundleFile || old.host !== page.host);
    }),
    removed: [...before.values()]
      .filter((page) => !after.has(page.served.path))
      .map(({ served: { path, host, urlPath } }) => ({ path, host, urlPath })),
  };
}

export function isEmptyChange(change: SiteChange): boolean {
  return change.added.length + change.changed.length + change.removed.length === 0;
}

function linkMap(pages: readonly Page[], { domain, scheme, port }: BuildOptions): LinkMap {
  const isDefaultPort = port === (scheme === 'http' ? 80 : 443);
  const suffix = isDefaultPort ? '' : `:${port}`;
  const urls = new Map(
    pages.map((page) => [page.path, `${scheme}://${page.host.toLowerCase()}${suffix}${page.urlPath}`]),
  );
  return { domain, urlOf: (path) => urls.get(path) };
}

function isCurrent(old: BuiltPage, page: Page, source: TreeFile, links: LinkMap): boolean {
  if (old.source.stamp !== source.stamp || old.served.host !== page.host) return false;
  for (const [path, url] of old.asked) if (links.urlOf(path) !== url) return false;
  return true;
}

async function forEachConcurrently<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

function entryOf(built: BuiltSite, path: string): readonly [string, BuiltPage][] {
  const page = built.get(path);
  return page === undefined ? [] : [[path, page]];
}

/** A full disk is one problem, not one a page. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
