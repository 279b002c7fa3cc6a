import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Parsed, Problem } from '../../problem.js';
import { isToken } from '../../server/admin/token.js';
import type { DaemonSettings } from './settings.js';

const TOKEN_BYTES = 32;
/** Shorter ones can be guessed. */
const LENGTH_MIN = 16;
const OWNER_ONLY = 0o600;
const OTHERS_READ = 0o044;

export interface AdminToken {
  readonly token: string;
  readonly file: string;
  /** Others than its owner may read the file. */
  readonly isOpen: boolean;
}

/** Where a daemon keeps the token that it has made. */
export function tokenFileIn(stateDir: string): string {
  return join(stateDir, 'admin-token');
}

/** The token of the file that the operator names; null: that of the state folder, made when there is none. */
export function adminToken(
  settings: Pick<DaemonSettings, 'adminTokenFile' | 'stateDir'>,
): Parsed<AdminToken> {
  const { adminTokenFile: given } = settings;
  const file = given ?? tokenFileIn(settings.stateDir);
  const failure = given === null ? makeToken(file) : null;
  if (failure !== null) return { ok: false, problems: [failure] };
  const read = readToken(file);
  if (!read.ok) return read;
  return { ok: true, value: { token: read.value, file, isOpen: (statSync(file).mode & OTHERS_READ) !== 0 } };
}

/** The first line of the file. */
export function readToken(file: string): Parsed<string> {
  const problem = (message: string, hint: string): Parsed<string> => ({
    ok: false,
    problems: [{ where: file, message, hint }],
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return problem('there is no such file', 'the daemon makes it, in its state folder');
    if (code === 'EACCES') return problem('you may not read it', "be the daemon's user, or root");
    return problem(`cannot be read: ${message}`, 'name a file with the admin token');
  }
  const token = text.split('\n', 1)[0]?.trim() ?? '';
  if (token.length < LENGTH_MIN || !isToken(token)) {
    const expected = `expected ${LENGTH_MIN} or more of A-Z a-z 0-9 - . _ ~ + / in its first line`;
    return problem(`holds no token: ${expected}`, 'e.g. what "openssl rand -hex 32" prints');
  }
  return { ok: true, value: token };
}

/** Without effect when there is one: programs that have it shall keep it over restarts. */
function makeToken(file: string): Problem | null {
  if (existsSync(file)) return null;
  // Put in place whole: a daemon that is killed meanwhile must not leave an empty token to the next one.
  const draft = `${file}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(draft, { force: true });
    writeFileSync(draft, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, { mode: OWNER_ONLY });
    renameSync(draft, file);
    return null;
  } catch (error) {
    const message = `the admin token cannot be written: ${(error as Error).message}`;
    const hint = 'check that the folder is writable and has room, or name a token with --admin-token-file';
    return { where: file, message, hint };
  }
}
