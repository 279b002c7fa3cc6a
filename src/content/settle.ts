import type { TreeFile } from './tree.js';

type Files = ReadonlyMap<string, TreeFile>;

/**
 * The files that may be served after two looks at the folder. A file counts when both looks saw it alike, and is gone
 * when neither saw it; one that differs is still being written or replaced, so what was `held` before stays.
 */
export function settledFiles(before: Files, now: Files, held: Files): Files {
  const settled = new Map<string, TreeFile>();
  for (const path of new Set([...now.keys(), ...before.keys()])) {
    const file = now.get(path);
    const atRest = file?.stamp === before.get(path)?.stamp;
    const counts = atRest ? file : held.get(path);
    if (counts !== undefined) settled.set(path, counts);
  }
  return settled;
}

/** Whether two looks saw the same files in the same state. */
export function sameFiles(a: Files, b: Files): boolean {
  if (a.size !== b.size) return false;
  for (const [path, file] of a) if (b.get(path)?.stamp !== file.stamp) return false;
  return true;
}
