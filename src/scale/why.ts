import type { Decision } from './decide.js';

/** What is told of an action: the last step of the decision that changed the number. */
export function why(decision: Decision): string {
  const telling = decision.chain.findLast((step) => step.reason !== 'DesiredWithinRange');
  return telling === undefined ? 'as decided' : `${telling.reason}: ${telling.detail}`;
}
