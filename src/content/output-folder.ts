import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Parsed, Problem } from '../problem.js';
import { codeOf, fileProblem } from './file-problem.js';

/**
 * Makes a folder whole or not at all: `write` fills a new one beside it, which takes its place at the end.
 * An older one is replaced if it holds nothing but what `contents` lists, so that nobody's files are lost.
 */
export async function writeFolder<T>(
  folder: string,
  contents: readonly string[],
  write: (unfinished: string) => Promise<Parsed<T>>,
): Promise<Parsed<T>> {
  const place = resolve(folder);
  const unfinished = join(dirname(place), `.${basename(place)}.new-${process.pid}`);
  const old = join(dirname(place), `.${basename(place)}.old-${process.pid}`);
  try {
    const names = await namesIn(place);
    const strange = names?.find((name) => !contents.includes(name));
    if (strange !== undefined) return { ok: false, problems: [strangeProblem(folder, strange)] };
    await mkdir(unfinished, { recursive: true });
    try {
      const written = await write(unfinished);
      if (!written.ok) return written;
      if (names !== undefined) await rename(place, old);
      await rename(unfinished, place);
      return written;
    } finally {
      await rm(unfinished, { recursive: true, force: true });
      await rm(old, { recursive: true, force: true });
    }
  } catch (error) {
    return { ok: false, problems: [fileProblem(folder, error)] };
  }
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function strangeProblem(folder: string, name: string): Problem {
  const message = `holds "${name}", which no earlier build put there`;
  return { where: folder, message, hint: 'name a new folder, or empty this one' };
}
