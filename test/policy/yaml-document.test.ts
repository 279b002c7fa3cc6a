import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_YAML_CHARACTERS, readYaml } from '../../src/policy/yaml-document.js';
import { formatProblem } from '../../src/problem.js';

function faults(text: string): readonly string[] {
  const { documents, problems } = readYaml(text, 'f.yaml');
  assert.equal(documents.length, 0);
  return problems.map(formatProblem);
}

test('every part of a document has a place', () => {
  const [document] = readYaml('# a comment\na:\n  - b: 1\n    c: {d: x}\n', 'f.yaml').documents;
  assert.ok(document !== undefined);
  assert.deepEqual(document.value, { a: [{ b: 1, c: { d: 'x' } }] });
  assert.deepEqual(document.locate([]), { line: 2, column: 1, found: true });
  assert.deepEqual(document.locate(['a', 0, 'c', 'd']), { line: 4, column: 12, found: true });
  assert.deepEqual(document.locate(['a', 0, 'c', 'd'], 'key'), { line: 4, column: 9, found: true });
  assert.deepEqual(document.locate(['a', 0, 'e', 'f']), { line: 3, column: 5, found: false });
  assert.deepEqual(document.locate(['a', 1]), { line: 3, column: 3, found: false });
});

test('a key that is there twice is told at its second place, and the rest is read on', () => {
  const { documents, problems } = readYaml('a: 1\nb: {c: 1, c: 2}\na: 2\n', 'f.yaml');
  assert.deepEqual(problems.map(formatProblem), [
    'f.yaml:3:1: the key "a" is here twice',
    'f.yaml:2:11: the key "c" is here twice',
  ]);
  assert.equal(documents.length, 1);
});

test('aliases, tags and keys that are no words are refused with their places', () => {
  assert.deepEqual(faults('a: &x 1\nb: *x\n'), ['f.yaml:2:4: aliases (*name) are not read']);
  assert.match(faults('a: !sh rm\n').join(), /^f.yaml:1:4: not valid YAML: Unresolved tag: !sh/);
  assert.deepEqual(faults('? [a]\n: 1\n'), ['f.yaml:1:3: expected a word as key']);
  assert.deepEqual(faults('1: a\n'), ['f.yaml:1:1: expected a word as key']);
});

test('syntax errors are told with their places, and not by the hundred', () => {
  assert.match(faults('a: [1,\n').join(), /^f.yaml:2:1: not valid YAML: /);
  assert.ok(faults('a: "'.repeat(500)).length <= 10);
});

test('a few lines that would grow to gigabytes are refused before they grow', () => {
  const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
  const problems = faults(`l0: &l0 [x]\n${levels.join('\n')}\n`);
  assert.equal(problems[0], 'f.yaml:2:10: aliases (*name) are not read');
});

test('files that are too large or too deep are refused', () => {
  assert.deepEqual(faults('a'.repeat(MAX_YAML_CHARACTERS + 1)), [
    'f.yaml: is too large: expected at most 1048576 characters',
  ]);
  for (const deep of ['['.repeat(50_000), '{a: '.repeat(20_000), '- '.repeat(50_000)])
    assert.match(faults(deep).join(), /^f.yaml(:\d+:\d+)?: is nested too deeply/);
});

test('messages hold nothing that would move a terminal cursor', () => {
  for (const message of faults('a: !\u{1b}[2J\u{9b}x 1\nb: *\u{202e}y\n')) assert.match(message, /^[ -~]*$/);
});
