import { setTimeout } from 'node:timers/promises';
import type { Problem } from '../problem.js';
import type { SiteChange } from '../site/page.js';
import { sameFiles, settledFiles } from './settle.js';
import { type BuildOptions, type BuiltSite, buildSite, changeOf, isEmptyChange } from './site-build.js';
import { readTree, type Tree, type TreeFile } from './tree.js';

export interface SiteFolderOptions extends BuildOptions {
  /** The folder of the static files. */
  readonly dir: string;
}

export interface SiteListener {
  /** The pages of the site changed; `pages()` has the new ones already. */
  onChange(change: SiteChange): void;
  /** What keeps a change from being published, said once; the last good site stays. Empty once all is well again. */
  onProblems(problems: readonly Problem[]): void;
}

/** Between two looks: two of them and the build of a page have to fit into a second. */
const LOOK_MS = 250;
/** After a look that found something new: soon, but late enough for a file time to move on (a jiffy is 1 to 10 ms). */
const SECOND_LOOK_MS = 150;
/** After a failure, which only somebody else can mend. */
const RETRY_MS = 1_000;
/** Looking takes at most one part in so many of the time, so sites of 10,000 files are looked at less often. */
const LOOK_SHARE = 20;
/** How fast the cost of a look that is gone from the disk's cache, or was disturbed, is believed. */
const COST_GROWTH = 1.1;

/**
 * Looks at a site's folder again and again, and builds what came to be different.
 *
 *         ┌── nothing new ──┐
 *         ▼                 │
 *     LOOK_MS ──► look ─────┤
 *                  ▲        ├── differs from the look before ──► SECOND_LOOK_MS ──► look
 *                  │        ├── settled, but not what is served ──► build ──► publish ──► LOOK_MS
 *                  │        │                                          └── failed ──► RETRY_MS
 *              RETRY_MS ◄───┴── no folder: the last good site stays
 *
 * It looks instead of waiting for inotify(7) events: those are missing on network file systems and for folders made
 * since, their number is limited, and after each of them a look would be needed anyway. A look at 1,000 files costs
 * a few milliseconds.
 */
export class SiteWatch {
  readonly #options: SiteFolderOptions;
  readonly #stopping = new AbortController();
  #tree: Tree;
  #site: BuiltSite;
  /** What `#site` was built from. */
  #files: ReadonlyMap<string, TreeFile>;
  #reported = '[]';
  /** Milliseconds that a look takes when nothing else is going on. */
  #costMs = Number.POSITIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SiteFolderOptions, tree: Tree, site: BuiltSite) {
    this.#options = options;
    this.#tree = tree;
    this.#site = site;
    this.#files = tree.files;
  }

  /** The last good site. */
  get site(): BuiltSite {
    return this.#site;
  }

  /** What the last look found. */
  get tree(): Tree {
    return this.#tree;
  }

  start(listener: SiteListener): void {
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(listener: SiteListener): Promise<void> {
    let pauseMs = LOOK_MS;
    while (await this.#pause(pauseMs)) {
      const start = performance.now();
      const now = await readTree(this.#options.dir, this.#options.domain);
      const lookMs = performance.now() - start;
      // On a busy machine most looks take longer than they cost, so the shortest of late counts.
      this.#costMs = Math.min(lookMs, (this.#costMs + 1) * COST_GROWTH);
      if (this.#stopping.signal.aborted) return;
      if (now.ok) pauseMs = await this.#see(now.value, listener);
      else {
        this.#report(now.problems, listener);
        pauseMs = RETRY_MS;
      }
    }
  }

  /** Takes in what a look found, and says how long to wait for the next. */
  async #see(now: Tree, listener: SiteListener): Promise<number> {
    const before = this.#tree;
    const settled = settledFiles(before.files, now.files, this.#files);
    this.#tree = now;
    const pauseMs = sameFiles(before.files, now.files) ? this.#restMs() : SECOND_LOOK_MS;
    if (sameFiles(settled, this.#files)) {
      this.#report([], listener);
      return pauseMs;
    }
    const outcome = await buildSite(settled, this.#site, this.#options);
    if (this.#stopping.signal.aborted) return pauseMs;
    switch (outcome.kind) {
      case 'changing':
        return SECOND_LOOK_MS;
      case 'failed':
        this.#report(outcome.problems, listener);
        return RETRY_MS;
      case 'built':
        this.#publish(outcome.site, settled, listener);
        return pauseMs;
      default:
        return outcome satisfies never;
    }
  }

  #publish(site: BuiltSite, files: ReadonlyMap<string, TreeFile>, listener: SiteListener): void {
    const change = changeOf(this.#site, site);
    this.#site = site;
    this.#files = files;
    this.#report([], listener);
    if (!isEmptyChange(change)) listener.onChange(change);
  }

  #report(problems: readonly Problem[], listener: SiteListener): void {
    const text = JSON.stringify(problems);
    if (text === this.#reported) return;
    this.#reported = text;
    listener.onProblems(problems);
  }

  #restMs(): number {
    return Math.max(LOOK_MS, this.#costMs * LOOK_SHARE);
  }

  async #pause(ms: number): Promise<boolean> {
    try {
      await setTimeout(ms, undefined, { signal: this.#stopping.signal });
      return true;
    } catch {
      return false;
    }
  }
}
