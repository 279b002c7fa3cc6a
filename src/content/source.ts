import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Problem } from '../problem.js';
import { codeOf, fileProblem } from './file-problem.js';
import { stampOf, type TreeFile } from './tree.js';

export type SourceRead =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  /** It is no longer what the look at the folder saw: look again. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** No link is followed that was put there after the look, and no pipe is waited for (open(2)). */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a file whole, and only if it stayed as the look at the folder saw it from before the first byte to the last. */
export async function readSource(file: TreeFile): Promise<SourceRead> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file.file, FLAGS);
    if (stampOf(await handle.stat()) !== file.stamp) return { kind: 'changing' };
    const bytes = await handle.readFile();
    if (stampOf(await handle.stat()) !== file.stamp || bytes.length !== file.size)
      return { kind: 'changing' };
    return { kind: 'read', bytes };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return { kind: 'changing' };
    return { kind: 'failed', problem: fileProblem(file.file, error) };
  } finally {
    await handle?.close();
  }
}
