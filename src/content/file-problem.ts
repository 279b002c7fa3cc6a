import type { Problem } from '../problem.js';

/** What the operating system's errors mean to somebody who keeps a site (errno(3)). */
const MEANINGS: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = {
  ENOENT: { message: 'does not exist', hint: 'check the path' },
  ENOTDIR: { message: 'is not a folder', hint: 'name the folder of the static files' },
  EACCES: { message: 'is not allowed to be used by this user', hint: 'check its mode and owner' },
  EPERM: { message: 'is not allowed to be used by this user', hint: 'check its mode and owner' },
  EROFS: { message: 'is on a file system that is mounted read-only' },
  ENOSPC: { message: 'is on a disk that is full', hint: 'make room' },
  EDQUOT: { message: "is beyond this user's disk quota", hint: 'make room' },
  EMFILE: { message: 'cannot be opened: too many open files', hint: 'raise the limit, see ulimit -n' },
  ELOOP: { message: 'is a symbolic link that leads to itself' },
};

/** The `code` of an operating system's error; any other error is a bug and is thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

/** A file or folder that could not be used, as a problem. */
export function fileProblem(where: string, error: unknown): Problem {
  const code = codeOf(error);
  return { where, ...(MEANINGS[code] ?? { message: `cannot be used (${code})` }) };
}
