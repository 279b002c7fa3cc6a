import { formatProblem, type Problem } from '../problem.js';

/** An address that cannot be listened on, for a reason that an operator can do something about. */
export class ListenError extends Error {
  readonly problem: Problem;
  /** As in errno(3), e.g. `EADDRINUSE`. */
  readonly code: string;

  constructor(cause: NodeJS.ErrnoException, address: string, port: number) {
    const problem = listenProblem(cause, address, port);
    super(formatProblem(problem), { cause });
    this.name = 'ListenError';
    this.problem = problem;
    this.code = cause.code ?? 'unknown';
  }
}

function listenProblem(cause: NodeJS.ErrnoException, address: string, port: number): Problem {
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return {
        where,
        message: 'the address and port are in use by another program',
        hint: `see which one with "ss -ltnp sport = :${port}", and stop it or choose another port`,
      };
    case 'EADDRNOTAVAIL':
      return {
        where,
        message: 'this host does not have the address',
        hint: 'choose one that "ip address" shows, or any in 127.0.0.0/8',
      };
    case 'EACCES':
      return {
        where,
        message: 'not permitted to listen on this port',
        hint: 'ports below 1024 need root or CAP_NET_BIND_SERVICE',
      };
    default:
      return { where, message: `cannot listen: ${cause.message}` };
  }
}
