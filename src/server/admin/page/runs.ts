import type { DecisionView } from '../source.js';

/** A decision that is told, or several in a row that changed nothing, which are told in one. */
export type Entry =
  | { readonly kind: 'decision'; readonly decision: DecisionView }
  /** Latest first. */
  | { readonly kind: 'run'; readonly decisions: readonly DecisionView[] };

/** The number stayed, and nothing was done. */
export function isQuiet({ from, to, actions }: DecisionView): boolean {
  return from === to && actions.length === 0;
}

/** Decisions as a reader wants them: what changed something, and how often in between nothing did. */
export function entries(decisions: readonly DecisionView[]): readonly Entry[] {
  const runs: DecisionView[][] = [];
  for (const decision of decisions) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    if (run !== undefined && first !== undefined && isQuiet(first) && continues(first, decision))
      run.push(decision);
    else runs.push([decision]);
  }
  return runs.flatMap((run): readonly Entry[] => {
    const [first] = run;
    if (first === undefined) return [];
    return run.length > 1 ? [{ kind: 'run', decisions: run }] : [{ kind: 'decision', decision: first }];
  });
}

function continues(run: DecisionView, decision: DecisionView): boolean {
  return isQuiet(decision) && decision.page === run.page && decision.to === run.to;
}
