import type { DriverFailure } from './driver.js';

/** Codes of errno(3): what this host has run out of, and what only the operator can change. */
const CAPACITY = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT']);
const CONFIG = new Set([
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'ENOENT',
  'ENOTDIR',
  'EROFS',
  'ENOEXEC',
  'ENAMETOOLONG',
]);

/** The class and the words of a system error. */
export function failureOf(error: unknown): DriverFailure {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const failureClass = CAPACITY.has(code) ? 'capacity' : CONFIG.has(code) ? 'config' : 'transient';
  return { class: failureClass, message };
}
