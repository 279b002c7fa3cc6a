import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSiteFolder, type SiteFolder, type SiteFolderOptions } from '../../src/content/site-folder.js';
import { formatProblem } from '../../src/problem.js';
import { decodeBundle } from '../../src/site/bundle-codec.js';
import { type SiteFiles, temporaryFolder, writeFiles } from '../helpers/site-files.js';

const SITE: SiteFiles = {
  '/index.html': '<a href="/about.html">about</a> <a href="/nowhere.html">?</a>',
  '/about.html': '<a href="/index.html">home</a>',
  '/theme/logo.png?1395516324': new Uint8Array([1, 2, 3]),
};

function optionsOf(dir: string, more: Partial<SiteFolderOptions> = {}): SiteFolderOptions {
  return {
    dir,
    domain: 'd.test',
    naming: 'post',
    scheme: 'http',
    port: 80,
    bundleDir: join(temporaryFolder(), 'bundles'),
    ...more,
  };
}

async function open(options: SiteFolderOptions): Promise<SiteFolder> {
  const site = await openSiteFolder(options);
  assert.ok(site.ok, JSON.stringify(site));
  return site.value;
}

async function problemsOf(options: SiteFolderOptions): Promise<string[]> {
  const site = await openSiteFolder(options);
  return site.ok ? [] : site.problems.map(formatProblem);
}

function bodyOf(site: SiteFolder, path: string): string {
  return Buffer.from(site.pages().get(path)?.bundle.representations[0]?.body ?? []).toString();
}

test('every file becomes a page that is ready to be served', async () => {
  const site = await open(optionsOf(writeFiles(temporaryFolder(), SITE)));
  assert.deepEqual([...site.pages().keys()], ['/about.html', '/index.html', '/theme/logo.png?1395516324']);
  const logo = site.pages().get('/theme/logo.png?1395516324');
  assert.ok(logo);
  assert.equal(logo.host, 'theme.logo.png.d.test');
  assert.equal(logo.urlPath, '/logo.png?1395516324');
  assert.equal(logo.bundle.contentType, 'image/png');
  assert.equal(logo.bundle.lastModified, 1_700_000_000);
  const decoded = decodeBundle(readFileSync(logo.bundleFile));
  assert.ok(decoded.ok);
  assert.equal(decoded.value.digest, logo.bundle.digest);
  await site.close();
});

test('links lead to the hosts of the pages, and those that lead nowhere are listed with file and line', async () => {
  const dir = writeFiles(temporaryFolder(), SITE);
  const site = await open(optionsOf(dir, { port: 8080 }));
  assert.match(bodyOf(site, '/index.html'), /href="http:\/\/about\.html\.d\.test:8080\/about\.html"/);
  assert.deepEqual(site.deadLinks().map(formatProblem), [
    `${join(dir, 'index.html')}:1: the link "/nowhere.html" leads to no page of the site`,
  ]);
  await site.close();
});

test('the default port of a scheme is left out of links', async () => {
  const dir = writeFiles(temporaryFolder(), SITE);
  for (const options of [{ scheme: 'http', port: 80 } as const, { scheme: 'https', port: 443 } as const]) {
    const site = await open(optionsOf(dir, options));
    const start = `${options.scheme}://about.html.d.test/about.html`;
    assert.ok(bodyOf(site, '/index.html').includes(`"${start}"`), bodyOf(site, '/index.html'));
    await site.close();
  }
});

test('two builds of the same files give the same bundle files', async () => {
  const options = [SITE, SITE].map((files) => optionsOf(writeFiles(temporaryFolder(), files)));
  const names: string[][] = [];
  for (const each of options) {
    await (await open(each)).close();
    names.push(readdirSync(each.bundleDir).sort());
  }
  assert.equal(names[0]?.length, 3);
  assert.deepEqual(names[0], names[1]);
});

test('progress is told page by page', async () => {
  const told: string[] = [];
  const dir = writeFiles(temporaryFolder(), SITE);
  const site = await open(optionsOf(dir, { onProgress: (done, total) => told.push(`${done}/${total}`) }));
  assert.deepEqual(told, ['1/3', '2/3', '3/3']);
  await site.close();
});

test('files that cannot have names are problems, and nothing is built', async () => {
  const dir = writeFiles(temporaryFolder(), { '/a_b.css': '', '/a-b.css': '', '/c d.html': '' });
  const options = optionsOf(dir);
  const problems = await problemsOf(options);
  assert.equal(problems.length, 2);
  assert.deepEqual(readdirSync(options.bundleDir), []);
});

test('a folder that is missing, or bundles that would become pages, are problems', async () => {
  const dir = writeFiles(temporaryFolder(), SITE);
  assert.match((await problemsOf(optionsOf(join(dir, 'missing')))).join(), /missing: does not exist/);
  assert.match((await problemsOf(optionsOf(dir, { bundleDir: join(dir, 'out') }))).join(), /inside the site/);
  assert.deepEqual(await problemsOf(optionsOf(dir, { bundleDir: join(dir, '.out') })), []);
});

test('a bundle folder that cannot be made is a problem', async () => {
  const dir = writeFiles(temporaryFolder(), SITE);
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  assert.match((await problemsOf(optionsOf(dir, { bundleDir: join(file, 'x') }))).join(), /is not a folder/);
});
