import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import { siteBuild, siteBuildDefaults } from '../../src/cli/site-build.js';
import { mirageProject } from '../../src/cli/site-mirage.js';
import { temporaryFolder, writeFiles } from '../helpers/site-files.js';

const LINK = '<a href="/my%20page.html">mine</a>';
const SITE = { '/index.html': LINK, '/my page.html': 'mine' };

async function make(): Promise<string> {
  const folder = temporaryFolder();
  const dir = writeFiles(join(folder, 'site'), SITE);
  const out = join(folder, 'out');
  const options = { ...siteBuildDefaults, dir, domain: 'd.test', out };
  assert.equal(
    await siteBuild(options, { stdout: new PassThrough(), stderr: new PassThrough() }, mirageProject),
    0,
  );
  return out;
}

async function filesOf(archive: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const reader = extract();
  reader.end(archive);
  for await (const entry of reader) files[entry.header.name] = await text(entry);
  return files;
}

test('a project has one unikernel, and an archive for each page under its host name', async () => {
  const out = await make();
  const contents = ['README.md', 'config.ml', 'pages', 'pages.json', 'unikernel.ml', 'zone'];
  assert.deepEqual(readdirSync(out).sort(), contents);
  const pages: readonly { file: string; host: string }[] = JSON.parse(
    readFileSync(join(out, 'pages.json'), 'utf8'),
  );
  assert.deepEqual(
    pages.map(({ file }) => file),
    ['pages/index-html.d.test.tar', 'pages/my-page-html-d22f429d4903.d.test.tar'],
  );
  for (const { file } of pages) assert.ok(existsSync(join(out, file)));
});

test('an archive has the page as its own host serves it, with links to the other hosts', async () => {
  const out = await make();
  const archive = (name: string): Promise<Record<string, string>> =>
    filesOf(readFileSync(join(out, 'pages', name)));
  const index = await archive('index-html.d.test.tar');
  assert.equal(index.host, 'index-html.d.test');
  assert.equal(index.path, '/index.html');
  assert.match(index.body ?? '', /my-page-html-d22f429d4903\.d\.test/);
  assert.match(index.head ?? '', new RegExp(`^Content-Length: ${index.body?.length}\n`));
  assert.match(index.head ?? '', /^Content-Type: text\/html; charset=utf-8$/m);
  assert.match(index.head ?? '', /^ETag: "[0-9a-f]{32}"$/m);
  assert.doesNotMatch(index.head ?? '', /^(Vary|Content-Encoding|Accept-Ranges)/m);
  assert.equal((await archive('my-page-html-d22f429d4903.d.test.tar')).path, '/my page.html');
});

test('the same site gives the same archives, in whole blocks as a block device has them', async () => {
  const [one, other] = [await make(), await make()];
  for (const name of readdirSync(join(one, 'pages'))) {
    const archive = readFileSync(join(one, 'pages', name));
    assert.equal(archive.length % 512, 0);
    assert.deepEqual(readFileSync(join(other, 'pages', name)), archive);
  }
});
