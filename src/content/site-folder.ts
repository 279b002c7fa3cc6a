import { mkdir } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Parsed, Problem } from '../problem.js';
import type { ServedPage } from '../site/page.js';
import { fileProblem } from './file-problem.js';
import { isWithin } from './placement.js';
import { sameFiles } from './settle.js';
import { type BuiltSite, buildSite } from './site-build.js';
import { type SiteFolderOptions, type SiteListener, SiteWatch } from './site-watch.js';
import { type Ignored, readTree, type Tree } from './tree.js';

export type { SiteFolderOptions, SiteListener } from './site-watch.js';

/** A file that changed so short a time ago may still be being written. */
const SETTLING_MS = 200;
const MAX_LOOKS = 25;

/** A folder of static files, built and ready to be served. */
export interface SiteFolder {
  /** By `Page.path`. The map is replaced, never changed. */
  pages(): ReadonlyMap<string, ServedPage>;
  /** Links that lead to this site but to no page of it. */
  deadLinks(): readonly Problem[];
  /** Files that are no pages, as found when the folder was last looked at. */
  ignored(): readonly Ignored[];
  /** Goes on looking at the folder until it is closed. To be called once. */
  watch(listener: SiteListener): void;
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}

/** Reads and builds a site; `bundleDir` is made if it is missing. */
export async function openSiteFolder(options: SiteFolderOptions): Promise<Parsed<SiteFolder>> {
  if (isWithin(options.bundleDir, options.dir)) return misplaced(options.bundleDir);
  try {
    await mkdir(options.bundleDir, { recursive: true });
  } catch (error) {
    return { ok: false, problems: [fileProblem(options.bundleDir, error)] };
  }
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const tree = await treeAtRest(options);
    if (!tree.ok) return tree;
    const outcome = await buildSite(tree.value.files, new Map(), options);
    if (outcome.kind === 'failed') return { ok: false, problems: outcome.problems };
    if (outcome.kind === 'built') return { ok: true, value: siteFolder(options, tree.value, outcome.site) };
  }
  return restless(options.dir);
}

/** Looks until two looks see the same, or until the last change is old enough that one look is as good as two. */
async function treeAtRest(options: SiteFolderOptions): Promise<Parsed<Tree>> {
  let before = await readTree(options.dir, options.domain);
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (!before.ok || Date.now() - lastChangeMs(before.value) > SETTLING_MS) return before;
    await setTimeout(SETTLING_MS);
    const now = await readTree(options.dir, options.domain);
    if (!now.ok || sameFiles(before.value.files, now.value.files)) return now;
    before = now;
  }
  return restless(options.dir);
}

function lastChangeMs(tree: Tree): number {
  let last = 0;
  for (const file of tree.files.values()) last = Math.max(last, file.ctimeMs);
  return last;
}

function misplaced(bundleDir: string): Parsed<never> {
  const message = "is inside the site's folder, so bundles would become pages";
  return { ok: false, problems: [{ where: bundleDir, message, hint: 'choose a folder elsewhere' }] };
}

function restless(dir: string): Parsed<never> {
  const message =
    'is being written to all the time; expected files that stay as they are while they are read';
  return { ok: false, problems: [{ where: dir, message, hint: 'try again when it is written' }] };
}

function siteFolder(options: SiteFolderOptions, tree: Tree, site: BuiltSite): SiteFolder {
  const { onProgress, ...quiet } = options;
  const watch = new SiteWatch(quiet, tree, site);
  let pages = servedPages(site);
  let built = site;
  return {
    pages: () => {
      if (watch.site !== built) [built, pages] = [watch.site, servedPages(watch.site)];
      return pages;
    },
    deadLinks: () => [...watch.site.values()].flatMap((page) => page.deadLinks),
    ignored: () => watch.tree.ignored,
    watch: (listener) => watch.start(listener),
    close: () => watch.stop(),
  };
}

function servedPages(site: BuiltSite): ReadonlyMap<string, ServedPage> {
  return new Map([...site].map(([path, page]) => [path, page.served]));
}
