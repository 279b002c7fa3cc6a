import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type SiteBuildOptions, siteBuild, siteBuildDefaults } from '../../src/cli/site-build.js';
import { type SiteFiles, temporaryFolder, writeFiles } from '../helpers/site-files.js';

const SITE: SiteFiles = {
  '/index.html': '<a href="about.html">about</a>\n<a href="nowhere.html">?</a>',
  '/about.html': '<a href="/">home</a>',
  '/.htaccess': '',
};

async function run(files: SiteFiles, more: Partial<SiteBuildOptions> = {}) {
  const folder = temporaryFolder();
  const dir = writeFiles(join(folder, 'site'), files);
  const out = join(folder, 'out');
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const options = { ...siteBuildDefaults, dir, domain: 'd.test', out, ...more };
  const code = await siteBuild(options, { stdout, stderr });
  const textOf = (stream: PassThrough): string => String(stream.read() ?? '');
  return { code, dir, out: options.out, stdout: textOf(stdout), stderr: textOf(stderr), folder };
}

test('a build leaves bundles, a list of pages and a zone file, and says what it did', async () => {
  const { code, dir, out, stdout, stderr, folder } = await run(SITE);
  assert.equal(code, 0);
  assert.equal(
    stderr,
    `warning: ${join(dir, 'index.html')}:2: the link "nowhere.html" leads to no page of the site\n`,
  );
  assert.match(stdout, /^2 pages of d\.test in \d+ ms \(naming scheme "flat"\)$/m);
  assert.match(stdout, /^ignored: \/\.htaccess \(dot file\)$/m);
  assert.match(stdout, /^1 dead link$/m);
  assert.match(readFileSync(join(out, 'zone'), 'utf8'), /^about-html A 127\.0\.0\.1$/m);
  const pages: unknown = JSON.parse(readFileSync(join(out, 'pages.json'), 'utf8'));
  assert.ok(Array.isArray(pages) && pages.length === 2);
  assert.equal(pages[0].host, 'about-html.d.test');
  for (const page of pages) assert.ok(existsSync(join(out, page.file)));
  assert.deepEqual(readdirSync(folder).sort(), ['out', 'site']);
});

test('two builds are alike to the byte', async () => {
  const [a, b] = [await run(SITE), await run(SITE)];
  for (const name of ['zone', 'pages.json']) {
    assert.equal(readFileSync(join(a.out, name), 'utf8'), readFileSync(join(b.out, name), 'utf8'));
  }
});

test('problems are listed all together, and nothing is written', async () => {
  const files = { '/a_b.css': '', '/a-b.css': '', '/c d.html': '' };
  const { code, stdout, stderr, folder } = await run(files, { naming: 'post' });
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^\/c d\.html: gets the host name/m);
  assert.match(stderr, /^\/a-b\.css: has the same host name/m);
  assert.match(stderr, /^nothing was written: 2 problems$/m);
  assert.deepEqual(readdirSync(folder), ['site']);
});

test('wrong options are problems', async () => {
  const site = writeFiles(temporaryFolder(), SITE);
  const { code, stderr } = await run(SITE, {
    dir: site,
    out: join(site, 'out'),
    port: 0,
    originAddresses: ['192.0.2.1', '192.0.2'],
  });
  assert.equal(code, 1);
  assert.match(stderr, /^--origin-address: "192\.0\.2" is no IPv4 or IPv6 address$/m);
  assert.match(stderr, /^--port: 0 is no port; expected 1 to 65535$/m);
  assert.match(stderr, /^--out: ".*" is inside the site's folder/m);
});

test('a folder that does not exist and a domain that is none are problems', async () => {
  assert.match(
    (await run(SITE, { dir: '/nonexistent/site' })).stderr,
    /^\/nonexistent\/site: does not exist/,
  );
  assert.match((await run(SITE, { domain: 'd_.test' })).stderr, /^domain: "d_\.test" is no host name/);
});

test('a script gets the same as JSON', async () => {
  const fine = await run(SITE, { json: true });
  const report = JSON.parse(fine.stdout);
  assert.equal(fine.stderr, '');
  assert.deepEqual([report.ok, report.pages, report.deadLinks.length], [true, 2, 1]);
  const wrong = await run({ '/a b': '' }, { json: true, naming: 'post' });
  assert.equal(wrong.code, 1);
  assert.equal(JSON.parse(wrong.stdout).problems[0].where, '/a b');
});
