import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openPolicyFolder, type PolicyFolder } from '../../src/content/policy-folder.js';
import type { Policy } from '../../src/policy/policy.js';
import { formatProblem } from '../../src/problem.js';
import { parsed, problemsOf, SHORTEST } from '../helpers/policy.js';

const SETTLE_MS = 20;

function named(name: string): string {
  return SHORTEST.replace('shortest', name);
}

function temporary(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-policies-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function opened(t: TestContext, paths: string | readonly string[]): Promise<PolicyFolder> {
  const folder = parsed(await openPolicyFolder(paths, { settleMs: SETTLE_MS }));
  t.after(() => folder.close());
  return folder;
}

function names(policies: readonly Policy[]): string {
  return policies.map(({ name }) => name).join(' ');
}

/** Everything that a folder tells, in order, to be waited for one by one. */
function listen(folder: PolicyFolder): { next(): Promise<string>; told: string[] } {
  const told: string[] = [];
  let waiting: (() => void) | undefined;
  let read = 0;
  const tell = (line: string): void => {
    told.push(line);
    waiting?.();
  };
  folder.watch({
    onChange: (policies) => tell(`changed: ${names(policies)}`),
    onProblems: (problems) => tell(problems.map(formatProblem).join('\n')),
  });
  const next = async (): Promise<string> => {
    while (told.length <= read) {
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    read += 1;
    return told[read - 1] ?? '';
  };
  return { next, told };
}

test('a folder is its YAML files by name, those of editors excepted', async (t) => {
  const folder = temporary(t, {
    'b.yml': named('b'),
    'a.yaml': named('a'),
    '.#a.yaml': 'lock',
    'a.yaml~': 'old',
    'readme.txt': 'x',
  });
  assert.equal(names((await opened(t, folder)).policies()), 'a b');
});

test('files may be given one by one, and beside their folder, without being read twice', async (t) => {
  const folder = temporary(t, { 'a.yaml': named('a'), 'b.yaml': named('b') });
  assert.equal(names((await opened(t, join(folder, 'b.yaml'))).policies()), 'b');
  assert.equal(names((await opened(t, [folder, join(folder, 'b.yaml')])).policies()), 'a b');
});

test('what cannot be read is told with everything else that is wrong', async (t) => {
  const folder = temporary(t, { 'a.yaml': named('a'), 'b.yaml': named('a'), 'c.yaml': '' });
  writeFileSync(join(folder, 'd.yaml'), Buffer.from([0x61, 0xff]));
  mkdirSync(join(folder, 'e.yaml'));
  execFileSync('mkfifo', [join(folder, 'f.yaml')]);
  symlinkSync('g.yaml', join(folder, 'g.yaml'));
  const problems = problemsOf(await openPolicyFolder([folder, join(folder, 'gone')]));
  assert.deepEqual(
    problems.map((problem) => problem.replaceAll(`${folder}/`, '')),
    [
      'gone: does not exist; check the path',
      'd.yaml: is not UTF-8 text',
      'e.yaml: is not a regular file',
      'f.yaml: is not a regular file',
      'g.yaml: is a symbolic link that leads to itself',
      'b.yaml:2:7: the name "a" is already taken in a.yaml:2',
      'c.yaml: holds no policy; remove or rename the file',
    ],
  );
});

test('a folder without a policy file is a problem', async (t) => {
  const folder = temporary(t);
  assert.deepEqual(problemsOf(await openPolicyFolder(folder)), [
    `${folder}: holds no policy file (*.yaml, *.yml)`,
  ]);
});

test('reload takes a good change over and leaves the set as it is on a bad one', async (t) => {
  const path = temporary(t, { 'a.yaml': named('a') });
  const folder = await opened(t, path);
  writeFileSync(join(path, 'b.yaml'), named('b'));
  assert.equal(names(parsed(await folder.reload())), 'a b');
  writeFileSync(join(path, 'b.yaml'), 'maxReplica: 3');
  assert.ok(problemsOf(await folder.reload()).length > 0);
  assert.equal(names(folder.policies()), 'a b');
});

test('files that are added, changed and removed are followed', { timeout: 30_000 }, async (t) => {
  const path = temporary(t, { 'a.yaml': named('a') });
  const folder = await opened(t, path);
  const { next, told } = listen(folder);
  writeFileSync(join(path, 'b.yaml'), named('b'));
  assert.equal(await next(), 'changed: a b');
  writeFileSync(join(path, 'b.yaml'), named('c'));
  assert.equal(await next(), 'changed: a c');
  rmSync(join(path, 'a.yaml'));
  assert.equal(await next(), 'changed: c');
  assert.equal(names(folder.policies()), 'c');
  assert.equal(told.length, 3);
});

test('a bad file changes nothing, is told once, and ends well when mended', {
  timeout: 30_000,
}, async (t) => {
  const path = temporary(t, { 'a.yaml': named('a') });
  const folder = await opened(t, path);
  const { next, told } = listen(folder);
  writeFileSync(join(path, 'a.yaml'), `${named('a')}maxReplica: 3\n`);
  assert.match(await next(), /a\.yaml:6:1: unknown key "maxReplica"; did you mean "maxReplicas"\?$/);
  assert.equal(names(folder.policies()), 'a');
  // The folder is looked at again, and there is nothing new to say.
  writeFileSync(join(path, 'notes.txt'), 'x');
  await setTimeout(10 * SETTLE_MS);
  assert.equal(told.length, 1);
  writeFileSync(join(path, 'a.yaml'), named('a2'));
  assert.equal(await next(), 'changed: a2');
  assert.equal(told.length, 2);
});

test('a file written in steps is taken over when it is whole', { timeout: 30_000 }, async (t) => {
  const path = temporary(t, { 'a.yaml': named('a') });
  const folder = await opened(t, path);
  const { next } = listen(folder);
  const text = `${named('b')}---\n${named('c')}`;
  for (let length = 0; length < text.length; length += 40) {
    writeFileSync(join(path, 'a.yaml'), text.slice(0, length));
    await new Promise((resolve) => setImmediate(resolve));
  }
  writeFileSync(join(path, 'a.yaml'), text);
  let last = await next();
  // On a slow machine a step may have looked finished; the end is what counts.
  while (last !== 'changed: b c') last = await next();
  assert.equal(names(folder.policies()), 'b c');
});

test('a single file is followed though editors put another in its place', { timeout: 30_000 }, async (t) => {
  const path = temporary(t, { 'a.yaml': named('a') });
  const folder = await opened(t, join(path, 'a.yaml'));
  const { next } = listen(folder);
  for (const name of ['b', 'c']) {
    writeFileSync(join(path, 'new'), named(name));
    renameSync(join(path, 'new'), join(path, 'a.yaml'));
    assert.equal(await next(), `changed: ${name}`);
  }
});

test('a folder that vanishes leaves the set as it is, and is followed again when it is back', {
  timeout: 30_000,
}, async (t) => {
  const parent = temporary(t);
  const path = join(parent, 'policies');
  mkdirSync(path);
  writeFileSync(join(path, 'a.yaml'), named('a'));
  const folder = await opened(t, path);
  const { next } = listen(folder);
  renameSync(path, join(parent, 'elsewhere'));
  assert.equal(await next(), `${path}: does not exist; check the path`);
  assert.equal(names(folder.policies()), 'a');
  mkdirSync(join(parent, 'next'));
  writeFileSync(join(parent, 'next', 'b.yaml'), named('b'));
  renameSync(join(parent, 'next'), path);
  assert.equal(await next(), 'changed: b');
  writeFileSync(join(path, 'c.yaml'), named('c'));
  assert.equal(await next(), 'changed: b c');
});

test('warnings are those of the set in force', async (t) => {
  const path = temporary(t, { 'a.yaml': `${named('a')}budget: { maxInstances: 2 }\n` });
  const folder = await opened(t, path);
  assert.equal(folder.warnings().length, 1);
  writeFileSync(join(path, 'a.yaml'), named('a'));
  await folder.reload();
  assert.deepEqual(folder.warnings(), []);
});
