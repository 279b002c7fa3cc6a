import { statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
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
    if (statSync(file, { throwIfNoEntry: false })?.size === bytes.length) return { ok: true, value: file };
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
    return { ok: true, value: file };
  } catch (error) {
    await rm(unfinished, { force: true });
    return { ok: false, problems: [fileProblem(folder, error)] };
  }
}
