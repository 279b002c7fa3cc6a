import { statSync } from 'node:fs';
import { readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parsed } from '../problem.js';
import type { Bundle } from '../site/bundle.js';
import { encodeBundle } from '../site/bundle-codec.js';
import { bundleFaults } from '../site/bundle-rules.js';
import { fileProblem } from './file-problem.js';
import { sha256 } from './representation.js';

/**
 * Writes a bundle to `<folder>/<SHA-256 of its bytes>.hzb` and gives the path back. The file appears under that name
 * whole, and is never written to again: a replica may boot from it at any time.
 */
export async function writeBundle(folder: string, bundle: Bundle): Promise<Parsed<string>> {
  const faults = bundleFaults(bundle);
  if (faults.length > 0) {
    return { ok: false, problems: faults.map((message) => ({ where: bundle.path, message })) };
  }
  const bytes = encodeBundle(bundle);
  const name = `${sha256(bytes)}.hzb`;
  const file = join(folder, name);
  const unfinished = join(folder, `.${name}.${process.pid}`);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.size === bytes.length) {
      // Used again: `removeOldBundles` must not take it for forgotten before the site says that it needs it.
      const now = new Date();
      await utimes(file, now, now);
      return { ok: true, value: file };
    }
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
    return { ok: true, value: file };
  } catch (error) {
    await rm(unfinished, { force: true });
    return { ok: false, problems: [fileProblem(folder, error)] };
  }
}

/** What nobody needs any more, and nobody has just written or begun to write. */
const UNTOUCHED_MS = 3_600_000;

/** Removes the bundles of a folder that are not needed (absolute paths), and what writers left that were killed. */
export async function removeOldBundles(
  folder: string,
  needed: ReadonlySet<string>,
  wallMs: number,
): Promise<number> {
  const files = (await readdir(folder))
    .filter((name) => /\.hzb(\.\d+)?$/.test(name))
    .map((name) => join(folder, name));
  const old = files.filter((file) => {
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? wallMs;
    return !needed.has(file) && wallMs - touched > UNTOUCHED_MS;
  });
  for (const file of old) await rm(file, { force: true });
  return old.length;
}
