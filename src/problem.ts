/** A user's mistake, said so that it can be mended: where it is, what is wrong, what was expected, what to do. */
export interface Problem {
  /** The file, option or folder in which the mistake was found. */
  readonly where: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** One sentence without a full stop: what is wrong and what was expected. */
  readonly message: string;
  /** What to do about it, e.g. `did you mean "maxReplicas"?`. */
  readonly hint?: string;
}

/** `policies/a.yaml:3:5: unknown key "maxReplica"; did you mean "maxReplicas"?` */
export function formatProblem(problem: Problem): string {
  const position = [problem.where, problem.line, problem.line === undefined ? undefined : problem.column]
    .filter((part) => part !== undefined)
    .join(':');
  return `${position}: ${problem.message}${problem.hint === undefined ? '' : `; ${problem.hint}`}`;
}

/** Either the thing that was parsed, or every problem that kept it from being parsed: never half of it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };
