import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Parsed, Problem } from '../problem.js';
import { isDotFile } from '../site/site-index.js';
import { codeOf, fileProblem } from './file-problem.js';

export interface TreeLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxSiteBytes: number;
}

/** Finished responses stay in memory, so a site has to fit there. */
const LIMITS: TreeLimits = { maxFiles: 100_000, maxFileBytes: 64 * 2 ** 20, maxSiteBytes: 2 * 2 ** 30 };

/** A file of the site as one look at the folder found it. */
export interface TreeFile {
  /** `Page.path`. */
  readonly path: string;
  /** Absolute path on disk, with symbolic links resolved. */
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  /** Differs whenever the file was replaced or written to. */
  readonly stamp: string;
}

/** What one look at the site's folder found. */
export interface Tree {
  readonly files: ReadonlyMap<string, TreeFile>;
  /** Everything in the folder that is no page, with why. */
  readonly ignored: readonly Ignored[];
}

export interface Ignored {
  readonly path: string;
  readonly reason:
    | 'dot file'
    | 'not a file'
    | 'link to a folder'
    | 'link that leads nowhere'
    | 'link out of the site';
}

/**
 * Looks at every file below a folder, without opening one. A folder that holds nothing but one folder named like the
 * domain, as `wget -m` leaves it, is entered.
 */
export async function readTree(dir: string, domain: string, limits = LIMITS): Promise<Parsed<Tree>> {
  try {
    const root = siteRoot(realpathSync(dir), domain);
    const walk: Walk = { root, limits, files: new Map(), ignored: [], bytes: 0, problems: [] };
    await readFolder('', walk);
    if (walk.files.size === 0 && walk.problems.length === 0) walk.problems.push(emptyProblem(root));
    return walk.problems.length > 0 ? { ok: false, problems: walk.problems } : { ok: true, value: walk };
  } catch (error) {
    return { ok: false, problems: [fileProblem(dir, error)] };
  }
}

export function stampOf(stats: Stats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(':');
}

interface Walk {
  readonly root: string;
  readonly limits: TreeLimits;
  readonly files: Map<string, TreeFile>;
  readonly ignored: Ignored[];
  readonly problems: Problem[];
  bytes: number;
}

function siteRoot(root: string, domain: string): string {
  const entries = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => !entry.name.startsWith('.') && !entry.name.startsWith('wget-log'),
  );
  const [only, ...others] = entries;
  const isMirror = only?.isDirectory() === true && only.name === domain && others.length === 0;
  return isMirror ? join(root, domain) : root;
}

/** Synchronous within one folder, where it is several times cheaper; others get their turn between two folders. */
async function readFolder(path: string, walk: Walk): Promise<void> {
  await setImmediate();
  for (const entry of entriesOf(path, walk)) {
    if (walk.files.size > walk.limits.maxFiles) return;
    const below = `${path}/${entry.name}`;
    if (isDotFile(below)) walk.ignored.push({ path: below, reason: 'dot file' });
    else if (below.includes('\u{fffd}')) walk.problems.push(encodingProblem(join(walk.root, below)));
    else if (entry.isDirectory()) await readFolder(below, walk);
    else readEntry(below, entry, walk);
  }
}

function entriesOf(path: string, walk: Walk): readonly Dirent[] {
  const folder = join(walk.root, path);
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that went away during the look is not there; the site's own folder has to be.
    if (path === '' || codeOf(error) !== 'ENOENT') walk.problems.push(fileProblem(folder, error));
    return [];
  }
}

function readEntry(path: string, entry: Dirent, walk: Walk): void {
  const file = join(walk.root, path);
  try {
    if (entry.isSymbolicLink()) readLink(path, file, walk);
    else if (entry.isFile()) addFile(path, file, lstatSync(file), walk);
    else walk.ignored.push({ path, reason: 'not a file' });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') walk.problems.push(fileProblem(file, error));
    else if (entry.isSymbolicLink()) walk.ignored.push({ path, reason: 'link that leads nowhere' });
  }
}

/** A link is a page when it leads to a file that could be a page itself. */
function readLink(path: string, file: string, walk: Walk): void {
  const target = realpathSync(file);
  const place = relative(walk.root, target);
  const stats = statSync(target);
  if (isDotFile(`/${place}`)) walk.ignored.push({ path, reason: 'link out of the site' });
  else if (!stats.isFile()) walk.ignored.push({ path, reason: 'link to a folder' });
  else addFile(path, target, stats, walk);
}

function addFile(path: string, file: string, stats: Stats, walk: Walk): void {
  const { size, mtimeMs, ctimeMs } = stats;
  walk.files.set(path, { path, file, size, mtimeMs, ctimeMs, stamp: stampOf(stats) });
  walk.bytes += size;
  walk.problems.push(...limitProblems(file, size, walk));
}

/** Each limit of the whole site is reported once, by the file that crosses it. */
function limitProblems(file: string, size: number, walk: Walk): Problem[] {
  const { maxFiles, maxFileBytes, maxSiteBytes } = walk.limits;
  const hint = 'serve large files from elsewhere';
  const problems: Problem[] = [];
  if (size > maxFileBytes) {
    problems.push({ where: file, message: `has ${size} bytes; a page may have ${maxFileBytes}`, hint });
  }
  if (walk.files.size === maxFiles + 1) {
    const message = `has more than ${maxFiles} files`;
    problems.push({ where: walk.root, message, hint: 'split it into several sites' });
  }
  if (walk.bytes > maxSiteBytes && walk.bytes - size <= maxSiteBytes) {
    problems.push({ where: walk.root, message: `has more than ${maxSiteBytes} bytes`, hint });
  }
  return problems;
}

function encodingProblem(file: string): Problem {
  const message = 'has a name that is not UTF-8, so no URL leads to it';
  return { where: file, message, hint: 'rename the file' };
}

function emptyProblem(root: string): Problem {
  const message = 'holds no file; expected at least one page';
  return { where: root, message, hint: 'name the folder of the static files' };
}
