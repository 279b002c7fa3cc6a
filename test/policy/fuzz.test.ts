import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { parsePolicies, readPolicies } from '../../src/policy/parse.js';
import { formatProblem } from '../../src/problem.js';
import { SHORTEST } from '../helpers/policy.js';

const folder = new URL('../../../policies/', import.meta.url);
const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));

/** A policy with every setting written out, so that every map of the language is in it. */
const FULL =
  `${SHORTEST}behavior: { scaleUp: { policies: [{ type: Percent, value: 1, period: 1s }] }, scaleDown: {} }
cooldown: { toZero: 1m }
budget: { maxInstances: 5 }
placement: [{ driver: qemu, memory: 16MiB }]
instance: { bootTimeout: { process: 1s } }
probe: { period: 1s }
backoff: { max: 1h }
dns: { drain: { untilIdle: false } }
`.replace('target: 20', 'target: 20, panic: { threshold: 3 }');

type Tree = Record<string, unknown>;

/** All maps within a value, itself included. */
function maps(value: unknown): readonly Tree[] {
  if (Array.isArray(value)) return value.flatMap(maps);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Tree, ...Object.values(value).flatMap(maps)];
}

const slice = fc.record({
  text: fc.constantFrom(...texts, FULL),
  at: fc.nat({ max: 4_000 }),
  remove: fc.nat({ max: 40 }),
  insert: fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '\n---\n',
      '*a',
      '&a ',
      '<<: ',
      '{',
      '[',
      '"',
      '? ',
      '!!map ',
      '\t',
      'null',
      '.inf',
      '1e400',
    ),
  ),
});

test('a mutated file is either policies or problems with places in it, and never an exception', () => {
  fc.assert(
    fc.property(fc.array(slice, { minLength: 1, maxLength: 3 }), (cuts) => {
      let text = cuts[0]?.text ?? '';
      for (const { at, remove, insert } of cuts) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + remove);
      }
      const { policies, warnings } = readPolicies([{ file: 'p.yaml', text }]);
      const lines = text.split('\n').length;
      for (const problem of [...(policies.ok ? [] : policies.problems), ...warnings]) {
        assert.ok((problem.line ?? 1) >= 1 && (problem.line ?? 1) <= lines, formatProblem(problem));
        assert.match(formatProblem(problem), /^[^\p{Cc}]*$/u);
      }
      assert.ok(policies.ok ? policies.value.length > 0 : policies.problems.length > 0);
    }),
    { numRuns: 300 },
  );
});

test('an unknown key is refused wherever it stands', () => {
  const known = new Set(maps(parse(FULL)).flatMap(Object.keys));
  const key = fc.string({ unit: fc.constantFrom(...'abcdefgXYZ_-'), minLength: 1, maxLength: 12 });
  const places = maps(parse(FULL)).length;
  assert.ok(places > 15, `only ${places} maps in the full policy`);
  assert.ok(parsePolicies(FULL, 'p.yaml').ok);
  fc.assert(
    fc.property(fc.nat({ max: places - 1 }), key, (place, unknown) => {
      fc.pre(!known.has(unknown));
      const tree: unknown = parse(FULL);
      const map = maps(tree)[place];
      assert.ok(map !== undefined);
      map[unknown] = 1;
      const result = parsePolicies(stringify(tree), 'p.yaml');
      assert.ok(!result.ok);
      assert.equal(result.problems.length, 1);
      assert.match(result.problems[0]?.message ?? '', new RegExp(`^unknown key "${unknown}"`));
      assert.ok(result.problems[0]?.hint !== undefined);
    }),
  );
});
