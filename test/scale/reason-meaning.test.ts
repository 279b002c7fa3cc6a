import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveCommand } from '../../src/cli/serve.js';
import { REASONS } from '../../src/scale/reason.js';
import { REASON_MEANINGS } from '../../src/scale/reason-meaning.js';
import { policyFrom, SHORTEST } from '../helpers/policy.js';

test('every reason is explained in one or two sentences, and no two alike', () => {
  const meanings = REASONS.map((reason) => REASON_MEANINGS[reason].meaning);
  assert.equal(new Set(meanings).size, REASONS.length);
  for (const meaning of meanings) assert.match(meaning, /^[A-Z][^\n|]+\.$/);
});

test('every setting that a reason names is a key of policies or an option of serve', () => {
  const named = new Set(REASONS.flatMap((reason) => REASON_MEANINGS[reason].settings));
  assert.ok(named.size > 15);
  const options = serveCommand(
    async () => {},
    () => {},
  ).options.map(({ long }) => long);
  const isKey = (path: string): boolean => {
    let value: unknown = policyFrom(SHORTEST);
    for (const key of path.split('.')) {
      const holder: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof holder !== 'object' || holder === null || !(key in holder)) return false;
      value = (holder as Record<string, unknown>)[key];
    }
    return true;
  };
  assert.deepEqual(
    [...named].filter((name) => !options.includes(name) && !isKey(name)),
    [],
  );
});
