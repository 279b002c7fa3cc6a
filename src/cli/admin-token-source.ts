import type { Parsed } from '../problem.js';
import { isToken } from '../server/admin/token.js';
import { readToken, tokenFileIn } from './daemon/admin-token.js';

/** Where a command may find the token that a daemon wants for orders. */
export interface TokenSource {
  /** Null: `HOTZONE_ADMIN_TOKEN`, or else the state folder. */
  readonly tokenFile: string | null;
  readonly stateDir: string;
}

const VARIABLE = 'HOTZONE_ADMIN_TOKEN';

/** The file that was named, else the environment, else what the daemon has made in its state folder. */
export function tokenFrom(source: TokenSource, environment: NodeJS.ProcessEnv): Parsed<string> {
  if (source.tokenFile !== null) return readToken(source.tokenFile);
  const given = environment[VARIABLE]?.trim() ?? '';
  if (given !== '') {
    if (isToken(given)) return { ok: true, value: given };
    const problem = { where: VARIABLE, message: 'is no token', hint: 'give it as it stands in the file' };
    return { ok: false, problems: [problem] };
  }
  const read = readToken(tokenFileIn(source.stateDir));
  if (read.ok) return read;
  const hint = `name the daemon's state folder with --state, or its token with --token-file or ${VARIABLE}`;
  return { ok: false, problems: read.problems.map((problem) => ({ ...problem, hint })) };
}
