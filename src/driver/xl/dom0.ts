/** What a program said, and how it ended. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As timeout(1) has it: the program took too long, and was ended. */
export const TIMED_OUT = 124;

export interface RunOptions {
  readonly timeoutMs: number;
  /** Its standard input; nothing unless given. */
  readonly input?: Uint8Array | string;
}

/** The control domain of a Xen host (Xen's "domain 0"): where `xl` runs. */
export interface Dom0 {
  /** What the operator calls it. */
  readonly name: string;
  /** Holds what domains are made of; an absolute path there. */
  readonly folder: string;
  /** Whether files of this machine are files there, too. */
  readonly isHere: boolean;
  /** Why there can be no domains at all; null when there may be some. */
  absence(): string | null;
  /** @throws HostUnreachable when the program may have run or not, and nobody knows how it ended. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<Ran>;
}

/** Nothing is known of what happens at a host. */
export class HostUnreachable extends Error {
  readonly host: string;

  constructor(host: string, why: string) {
    super(`${host} does not answer: ${why}`);
    this.name = 'HostUnreachable';
    this.host = host;
  }
}
