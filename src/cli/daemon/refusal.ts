import { ListenError } from '../../driver/listen-error.js';
import { formatProblem, type Parsed, type Problem } from '../../problem.js';
import { ZoneError } from '../../server/dns/dns-server.js';

/** Carries problems out of the middle of the start; what has been opened until then is closed on the way. */
export class Refused extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

export function orRefuse<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Refused(parsed.problems);
  return parsed.value;
}

/** For what listens: an address that cannot be had is the operator's to mend, and no bug. */
export async function refusing<T>(option: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ListenError) throw new Refused([error.problem]);
    if (error instanceof ZoneError) throw new Refused(error.problems);
    throw new Refused([{ where: option, message: error instanceof Error ? error.message : String(error) }]);
  }
}
