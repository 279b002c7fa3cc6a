import assert from 'node:assert/strict';
import { parsePolicies } from '../../src/policy/parse.js';
import type { Policy } from '../../src/policy/policy.js';
import { formatProblem, type Parsed } from '../../src/problem.js';

/** The shortest policy: what has no default. */
export const SHORTEST = `version: 1
name: shortest
match: { pages: ["/**"] }
maxReplicas: 4
metric: { target: 20 }
`;

/** The value, or a failure of the test that shows the problems. */
export function parsed<T>(result: Parsed<T>): T {
  if (result.ok) return result.value;
  assert.fail(result.problems.map(formatProblem).join('\n'));
}

/** The formatted problems, or a failure of the test if there is none. */
export function problemsOf(result: Parsed<unknown>): readonly string[] {
  if (result.ok) assert.fail('expected problems');
  return result.problems.map(formatProblem);
}

/** One policy from YAML, with the file name `p.yaml`. */
export function policyFrom(text: string): Policy {
  const [policy, ...more] = parsed(parsePolicies(text, 'p.yaml'));
  assert.deepEqual(more, []);
  assert.ok(policy !== undefined);
  return policy;
}

/** The shortest policy with another name and further lines. */
export function namedPolicy(name: string, lines = ''): Policy {
  return policyFrom(`${SHORTEST.replace('shortest', name)}${lines}\n`);
}
