import type { Path } from './yaml-document.js';

/** A rule between fields that a policy breaks. `path` is where in the file it is said, in the file's own keys. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  readonly message: string;
}

export const error = (path: Path, message: string): Finding => ({ severity: 'error', path, message });
export const warning = (path: Path, message: string): Finding => ({ severity: 'warning', path, message });
