import { formatProblem, type Problem } from '../problem.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { ADDRESS, COUNT, DOMAIN, PORT, parserOf } from './text-form.js';

export const parsePort = parserOf(PORT);
export const parseCount = parserOf(COUNT);
export const parseAddress = parserOf(ADDRESS);
/** A host name as every command takes it: without the trailing dot. */
export const parseDomain = parserOf(DOMAIN);

/** For an option that may be given again and again; the first one replaces the default. */
export function several<T>(
  parse: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => readonly T[] {
  const given = new WeakSet<readonly T[]>();
  return (text, before) => {
    const values = [...(before !== undefined && given.has(before) ? before : []), parse(text)];
    given.add(values);
    return values;
  };
}

/** Told of what keeps a command from being run. */
export type Refuse = (problems: readonly Problem[]) => void;

/** Writes them to standard error; gives the exit code. */
export function reportProblems(command: string, problems: readonly Problem[], io: Io): number {
  for (const problem of problems) io.stderr.write(`hotzone ${command}: ${formatProblem(problem)}\n`);
  return problems.length === 0 ? EXIT.fine : EXIT.problems;
}

/** A wildcard takes the port on every address, and none is left for replicas (bind(2), EADDRINUSE). */
export function wildcardProblems(option: string, addresses: readonly string[], port: number): Problem[] {
  return addresses
    .filter((address) => address === '0.0.0.0' || address === '::')
    .map((address) => ({
      where: option,
      message: `${address} would take port ${port} on every address, and replicas need it too`,
      hint: 'name the addresses that the origin shall have',
    }));
}
