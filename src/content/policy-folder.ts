import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Policy } from '../policy/policy.js';
import type { Parsed, Problem } from '../problem.js';
import { evaluatePolicyFiles, type PolicyFiles, readPolicyFiles } from './policy-files.js';

export interface PolicyListener {
  /** The whole new set, after every change that left it without a problem. */
  onChange(policies: readonly Policy[]): void;
  /** A change that was not taken over, told once; the set stays as it was. */
  onProblems(problems: readonly Problem[]): void;
}

/** The policies in a folder, as they were when the folder was last without a problem. */
export interface PolicyFolder {
  policies(): readonly Policy[];
  /** What is allowed but will surprise, in the same set. */
  warnings(): readonly Problem[];
  /** Looks at once (SIGHUP). With a problem the set stays as it was. Listeners are not called. */
  reload(): Promise<Parsed<readonly Policy[]>>;
  /** Follows the files from now on, also where a folder is replaced by another one. */
  watch(listener: PolicyListener): void;
  close(): void;
}

export interface PolicyFolderOptions {
  /** Milliseconds in which the files must stay the same before a change counts, since editors write in steps. */
  readonly settleMs?: number;
}

const SETTLE_MS = 100;
/** A folder that is gone tells nobody when it is back. */
const RETRY_MS = 1_000;

/** Reads the policies of files and folders; either all of them or every problem. */
export async function openPolicyFolder(
  paths: string | readonly string[],
  options: PolicyFolderOptions = {},
): Promise<Parsed<PolicyFolder>> {
  const list = typeof paths === 'string' ? [paths] : paths;
  const found = await readPolicyFiles(list);
  const { policies, warnings } = evaluatePolicyFiles(found);
  if (!policies.ok) return policies;
  const first = { policies: policies.value, warnings };
  return { ok: true, value: new FollowedFolder(list, options.settleMs ?? SETTLE_MS, first, print(found)) };
}

interface PolicySet {
  readonly policies: readonly Policy[];
  readonly warnings: readonly Problem[];
}

/**
 * ```
 * quiet --event--> settling --files differ from the last look--> settling
 *   ^                 |------same as last told----------------> quiet
 *   |                 '------same for settleMs, and new--------> tell --> quiet
 *   '---------------------------------------------------------------'
 * ```
 */
class FollowedFolder implements PolicyFolder {
  readonly #paths: readonly string[];
  readonly #settleMs: number;
  #current: PolicySet;
  /** What the last look saw, and what was last taken over or complained about. */
  #seen: string;
  #told: string;
  #listener: PolicyListener | undefined;
  #watchers: readonly FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(paths: readonly string[], settleMs: number, first: PolicySet, seen: string) {
    this.#paths = paths;
    this.#settleMs = settleMs;
    this.#current = first;
    this.#seen = seen;
    this.#told = seen;
  }

  policies(): readonly Policy[] {
    return this.#current.policies;
  }

  warnings(): readonly Problem[] {
    return this.#current.warnings;
  }

  reload(): Promise<Parsed<readonly Policy[]>> {
    return this.#oneAtATime(async () => {
      const found = await readPolicyFiles(this.#paths);
      this.#seen = print(found);
      return this.#take(found);
    });
  }

  watch(listener: PolicyListener): void {
    this.#listener = listener;
    this.#lookIn(0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  #lookIn(milliseconds: number): void {
    const dueAt = performance.now() + milliseconds;
    // An earlier look is never put off: in a busy folder there would be none.
    if (this.#closed || this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      void this.#oneAtATime(() => this.#look());
    }, milliseconds);
  }

  async #look(): Promise<void> {
    // Before reading, so that no change falls between; anew each time, since the folder itself may be another one now.
    await this.#renewWatches();
    const found = await readPolicyFiles(this.#paths);
    if (this.#closed) return;
    const seen = print(found);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#lookIn(this.#settleMs);
      return;
    }
    if (found.problems.length > 0) this.#lookIn(RETRY_MS);
    if (seen === this.#told) return;
    const policies = this.#take(found);
    if (policies.ok) this.#listener?.onChange(policies.value);
    else this.#listener?.onProblems(policies.problems);
  }

  #take(found: PolicyFiles): Parsed<readonly Policy[]> {
    this.#told = print(found);
    const { policies, warnings } = evaluatePolicyFiles(found);
    if (policies.ok) this.#current = { policies: policies.value, warnings };
    return policies;
  }

  async #renewWatches(): Promise<void> {
    const folders = new Set(await Promise.all(this.#paths.map(folderOf)));
    if (this.#closed) return;
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [...folders].flatMap((folder) => {
      try {
        const watcher = watchFolder(folder, () => this.#lookIn(this.#settleMs));
        watcher.on('error', () => this.#lookIn(RETRY_MS));
        return [watcher];
      } catch {
        // It does not exist or may not be read, which reading it will tell.
        return [];
      }
    });
  }

  /** Two reads at once could end in the wrong order and bring an old set back. */
  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result;
    return result;
  }
}

/** A file is followed through its folder, since most editors put a new file in the old one's place. */
async function folderOf(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isFolder ? path : dirname(path);
}

/** Equal for equal files. */
function print(found: PolicyFiles): string {
  return JSON.stringify(found);
}
