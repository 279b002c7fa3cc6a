import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parsePolicies } from '../src/policy/parse.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const main = join(root, 'dist/src/main.js');

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

function help(...command: string[]): string {
  return execFileSync(process.execPath, [main, ...command, '--help'], { encoding: 'utf8' });
}

const commands = [...help().matchAll(/^ {2}(\w+) /gm)]
  .map((match) => match[1] ?? '')
  .filter((name) => name !== 'help');

test('every command that README names exists, and every command is named there', () => {
  const named = new Set([...readme.matchAll(/hotzone (\w+)/g)].map((match) => match[1] ?? ''));
  const known = new Set(commands);
  const prose = new Set(['watches', 'estimates', 'is', 'boots', 'answers', 'counts']);
  assert.deepEqual(
    [...named].filter((name) => !known.has(name) && !prose.has(name)),
    [],
  );
  assert.deepEqual(
    commands.filter((name) => !named.has(name)),
    [],
  );
});

test('every option that README names is in the help of a command', () => {
  const all = [...commands.map((command) => help(command)), help('site', 'build')].join('\n');
  const options = [...readme.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)]
    .map((match) => match[0])
    .filter((option) => option !== '--global');
  assert.ok(options.length > 5);
  assert.deepEqual(
    options.filter((option) => !all.includes(option)),
    [],
  );
});

test('every command line of the pages for operators is one, with options that the command has', () => {
  const pages = readFileSync(join(root, 'src/cli/README.md'), 'utf8');
  const quoted = [...pages.matchAll(/(?:^|`)hotzone ((?:\w+(?: |`|$))+)([^`\n]*)/gm)];
  assert.ok(quoted.length > 15);
  for (const [line, words = '', rest = ''] of quoted) {
    const [first = '', second = ''] = words.split(/[ `]/);
    assert.ok(commands.includes(first), line);
    const text = first === 'log' && second !== '' ? help(first, second) : help(first);
    for (const [option] of rest.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) assert.ok(text.includes(option), line);
  }
  const [, policy = ''] = /policies\/blog\.yaml <<'END'\n([\s\S]*?)END\n/.exec(pages) ?? [];
  assert.deepEqual(parsePolicies(policy, 'blog.yaml').ok, true);
});

test('every npm script that README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm (?:run )?(start|test(?::\w+)?|bench|check|grafana|kernel)\b/g)].map(
    (match) => match[1] ?? '',
  );
  assert.ok(named.length >= 5);
  assert.deepEqual(
    named.filter((name) => scripts[name] === undefined),
    [],
  );
});

test('the policy in README is one, and the files that it points to are there', () => {
  const policies = blocks('yaml');
  assert.ok(policies.length > 0);
  for (const text of policies) assert.deepEqual(parsePolicies(text, 'README.md').ok, true);
  const files = [...readme.matchAll(/`((?:src|test|policies|grafana)\/[\w./-]+)`/g)].map(
    (match) => match[1] ?? '',
  );
  assert.ok(files.length > 3);
  assert.deepEqual(
    files.filter((file) => !existsSync(join(root, file))),
    [],
  );
});
