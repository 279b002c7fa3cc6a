import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTree, type TreeLimits } from '../../src/content/tree.js';
import { formatProblem } from '../../src/problem.js';
import { temporaryFolder, writeFiles } from '../helpers/site-files.js';

const LIMITS: TreeLimits = { maxFiles: 3, maxFileBytes: 10, maxSiteBytes: 20 };

async function treeOf(folder: string) {
  const tree = await readTree(folder, 'd.test');
  assert.ok(tree.ok, JSON.stringify(tree));
  return { paths: [...tree.value.files.keys()].sort(), ignored: tree.value.ignored };
}

async function problemsOf(folder: string, limits?: TreeLimits): Promise<string[]> {
  const tree = await readTree(folder, 'd.test', limits);
  return tree.ok ? [] : tree.problems.map(formatProblem);
}

test('every file of every folder is found, with its query', async () => {
  const folder = writeFiles(temporaryFolder(), { '/index.html': '', '/a/b/c.png?1=2': '' });
  assert.deepEqual(await treeOf(folder), { paths: ['/a/b/c.png?1=2', '/index.html'], ignored: [] });
});

test('dot files are ignored and said to be', async () => {
  const folder = writeFiles(temporaryFolder(), { '/index.html': '', '/.htaccess': '', '/a/.git/config': '' });
  const { paths, ignored } = await treeOf(folder);
  assert.deepEqual(paths, ['/index.html']);
  assert.deepEqual(ignored.map(({ path, reason }) => `${path}: ${reason}`).sort(), [
    '/.htaccess: dot file',
    '/a/.git: dot file',
  ]);
});

test('a link to a file of the site is a page; one that leads anywhere else is not', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { '/site/a/index.html': 'x', '/site/.secret': '', '/secret': '', '/site-2/x': '' });
  const site = join(folder, 'site');
  symlinkSync('a/index.html', join(site, 'inside'));
  symlinkSync('../secret', join(site, 'outside'));
  symlinkSync('../site-2/x', join(site, 'beside'));
  symlinkSync('/etc/passwd', join(site, 'absolute'));
  symlinkSync('.secret', join(site, 'hidden'));
  symlinkSync('a', join(site, 'folder'));
  symlinkSync('.', join(site, 'loop'));
  symlinkSync('nowhere', join(site, 'dangling'));
  const { paths, ignored } = await treeOf(site);
  assert.deepEqual(paths, ['/a/index.html', '/inside']);
  assert.deepEqual(Object.fromEntries(ignored.map(({ path, reason }) => [path, reason])), {
    '/.secret': 'dot file',
    '/outside': 'link out of the site',
    '/beside': 'link out of the site',
    '/absolute': 'link out of the site',
    '/hidden': 'link out of the site',
    '/folder': 'link to a folder',
    '/loop': 'link to a folder',
    '/dangling': 'link that leads nowhere',
  });
});

test('a pipe is no page', async () => {
  const folder = writeFiles(temporaryFolder(), { '/index.html': '' });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  assert.deepEqual(await treeOf(folder), {
    paths: ['/index.html'],
    ignored: [{ path: '/pipe', reason: 'not a file' }],
  });
});

test('the folder that wget makes for the domain is entered', async () => {
  const folder = writeFiles(temporaryFolder(), { '/d.test/a/index.html': '', '/wget-log': '' });
  assert.deepEqual((await treeOf(folder)).paths, ['/a/index.html']);
});

test('a folder named like the domain beside other files is a folder like any other', async () => {
  const folder = writeFiles(temporaryFolder(), { '/d.test/a.html': '', '/index.html': '' });
  assert.deepEqual((await treeOf(folder)).paths, ['/d.test/a.html', '/index.html']);
});

test('a missing folder, a file and an empty folder are problems', async () => {
  const folder = temporaryFolder();
  const missing = join(folder, 'missing');
  assert.deepEqual(await problemsOf(missing), [`${missing}: does not exist; check the path`]);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.match((await problemsOf(file)).join(), /file: is not a folder/);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  assert.match((await problemsOf(empty)).join(), /empty: holds no file; expected at least one page/);
});

test('files beyond the limits are problems, each said once', async () => {
  const folder = writeFiles(temporaryFolder(), {
    '/a': 'x'.repeat(11),
    '/b': 'x'.repeat(10),
    '/c': 'x',
    '/d': 'x',
    '/e': 'x',
  });
  const problems = await problemsOf(folder, LIMITS);
  assert.equal(problems.length, 3, problems.join('\n'));
  assert.match(problems[0] ?? '', /\/a: has 11 bytes; a page may have 10/);
  assert.match(problems[1] ?? '', /has more than 20 bytes/);
  assert.match(problems[2] ?? '', /has more than 3 files; split it/);
});

test('a page of more than 64 MiB is refused', async () => {
  const folder = writeFiles(temporaryFolder(), { '/film': '' });
  truncateSync(join(folder, 'film'), 64 * 1024 * 1024 + 1);
  assert.match((await problemsOf(folder)).join(), /film: has 67108865 bytes; a page may have 67108864/);
});

test('a name that is not UTF-8 is a problem', async () => {
  const folder = writeFiles(temporaryFolder(), { '/index.html': '' });
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), '');
  assert.match((await problemsOf(folder)).join(), /name that is not UTF-8/);
});
