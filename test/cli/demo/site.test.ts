import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { after, test } from 'node:test';
import { DEMO_DOMAIN, demoFiles, writeDemoSite } from '../../../src/cli/demo/site.js';

const naming = await readFile(new URL('../../../../test/fixtures/post-naming.tsv', import.meta.url), 'utf8');
const paths = naming
  .split('\n')
  .filter((line) => line.startsWith('/'))
  .map((line) => line.split('\t')[0] ?? '');

const folder = await mkdtemp(join(tmpdir(), 'hotzone-demo-'));
after(() => rm(folder, { recursive: true }));

test('the site has exactly the 49 paths of the post', async () => {
  await writeDemoSite(folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const written = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length));
  assert.equal(paths.length, 49);
  assert.deepEqual(written.sort(), [...paths].sort());
});

test('two sites are the same in every byte and time', async () => {
  const again = await mkdtemp(join(tmpdir(), 'hotzone-demo-'));
  try {
    await writeDemoSite(folder);
    await writeDemoSite(again);
    for (const path of paths) {
      assert.deepEqual(await readFile(join(again, path)), await readFile(join(folder, path)), path);
      assert.equal((await stat(join(again, path))).mtimeMs, (await stat(join(folder, path))).mtimeMs, path);
    }
  } finally {
    await rm(again, { recursive: true });
  }
});

test('every page is reachable by links from the start page, and no link leads nowhere', () => {
  const files = demoFiles();
  const seen = new Set(['/index.html']);
  const broken: string[] = [];
  for (const path of seen) {
    for (const link of linksOf(path, files.get(path)?.toString('latin1') ?? '')) {
      if (files.has(link)) seen.add(link);
      else broken.push(`${path} -> ${link}`);
    }
  }
  assert.deepEqual(broken, []);
  assert.deepEqual([...seen].sort(), [...paths].sort());
});

test('links are written in every way that a rewriter has to know', () => {
  const text = [...demoFiles()]
    .filter(([path]) => /\.(html|css)$/.test(path))
    .map(([, content]) => content.toString())
    .join('\n');
  for (const form of [
    `href="http://${DEMO_DOMAIN}/`,
    `="//${DEMO_DOMAIN}/`,
    'href="../',
    "src='/",
    'src=/',
    'href="/publications/"',
    'srcset="',
    'poster="',
    "url('/",
    'url(../',
    '?1395516324',
    'href="https://',
    'href="mailto:',
    '#caches',
  ])
    assert.ok(text.includes(form), form);
});

test('each file begins as its type says', () => {
  const beginnings: readonly (readonly [RegExp, string])[] = [
    [/\.html$/, '<!DOCTYPE html>'],
    [/\.png(\?|$)/, '\x89PNG\r\n\x1a\n'],
    [/\.jpg$/, '\xff\xd8\xff'],
    [/\.pdf$/, '%PDF-1.4'],
    [/\.m4v$/, '\0\0\0\x1cftypM4V '],
    [/\.js$/, '// '],
    [/\.css$/, ':root'],
  ];
  for (const [path, content] of demoFiles()) {
    const beginning = beginnings.find(([name]) => name.test(path))?.[1];
    assert.ok(beginning !== undefined && content.toString('latin1').startsWith(beginning), path);
  }
});

test('the offsets in a PDF lead to its objects', () => {
  const pdf = demoFiles().get('/papers/milcom09skjegstad.pdf')?.toString('latin1') ?? '';
  const table = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
  assert.ok(pdf.startsWith('xref\n0 6\n', table));
  const offsets = [...pdf.matchAll(/(\d{10}) 00000 n /g)].map((match) => Number(match[1]));
  assert.deepEqual(
    offsets.map((offset) => pdf.slice(offset, offset + 7)),
    [1, 2, 3, 4, 5].map((id) => `${id} 0 obj`),
  );
});

/** The links of a page or style sheet that stay within the site, as paths of files. */
function linksOf(path: string, text: string): string[] {
  const patterns = path.endsWith('.html')
    ? [
        /\s(?:href|src|poster)=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/g,
        /srcset="(\S+) [^,]*, (\S+)/g,
        /url\('([^']*)'\)/g,
      ]
    : path.endsWith('.css')
      ? [/url\(["']?([^"')]*)["']?\)/g]
      : [];
  return patterns
    .flatMap((pattern) => [...text.matchAll(pattern)].flatMap((match) => match.slice(1)))
    .filter((link) => link !== undefined)
    .map((link) => new URL(link, `http://${DEMO_DOMAIN}${path}`))
    .filter((url) => url.host === DEMO_DOMAIN && url.protocol === 'http:')
    .map((url) =>
      url.pathname.endsWith('/') ? posix.join(url.pathname, 'index.html') : url.pathname + url.search,
    );
}
