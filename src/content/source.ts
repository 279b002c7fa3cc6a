import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
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

/**
 * Reads a file whole, and only if it stayed as the look at the folder saw it from before the first byte to the last.
 * Synchronous, because for a page these five calls take less than one of them through the thread pool would.
 */
export function readSource(file: TreeFile): SourceRead {
  try {
    const descriptor = openSync(file.file, FLAGS);
    try {
      if (stampOf(fstatSync(descriptor)) !== file.stamp) return { kind: 'changing' };
      const bytes = readFileSync(descriptor);
      const isSame = stampOf(fstatSync(descriptor)) === file.stamp && bytes.length === file.size;
      return isSame ? { kind: 'read', bytes } : { kind: 'changing' };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return { kind: 'changing' };
    return { kind: 'failed', problem: fileProblem(file.file, error) };
  }
}
