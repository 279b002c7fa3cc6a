import { parsePolicies } from '../../src/policy/parse.js';
import type { Policy } from '../../src/policy/policy.js';

/** A policy as the language gives it: the shortest legal file, and what the test is about. */
export function policyOf(yaml = ''): Policy {
  const text = `version: 1\nname: test\nmatch: { pages: ["/**"] }\n${/^maxReplicas:/m.test(yaml) ? '' : 'maxReplicas: 4\n'}${/^metric:/m.test(yaml) ? '' : 'metric: { target: 10 }\n'}${yaml}`;
  const parsed = parsePolicies(text, 'test.yaml');
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)}\n${text}`);
  const policy = parsed.value[0];
  if (policy === undefined) throw new Error('no policy');
  return policy;
}
