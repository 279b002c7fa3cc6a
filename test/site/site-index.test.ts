import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatProblem } from '../../src/problem.js';
import type { NamingScheme } from '../../src/site/page.js';
import { indexSite, isDotFile, nameFaults } from '../../src/site/site-index.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function index(paths: readonly string[], naming: NamingScheme = 'post', domain = 'd.test') {
  return indexSite(paths, { domain, naming, hash });
}

function problemsOf(paths: readonly string[], naming: NamingScheme = 'post', domain = 'd.test'): string[] {
  const result = index(paths, naming, domain);
  return result.ok ? [] : result.problems.map(formatProblem);
}

test('files become pages, sorted by path', () => {
  assert.deepEqual(index(['/b/index.html', '/a.png?1']), {
    ok: true,
    value: [
      { path: '/a.png?1', host: 'a.png.d.test', urlPath: '/a.png?1' },
      { path: '/b/index.html', host: 'b.index.html.d.test', urlPath: '/index.html' },
    ],
  });
});

test('files that get one host name are reported together, with what to do', () => {
  assert.deepEqual(problemsOf(['/a_b.css', '/a-b.css', '/x.html']), [
    '/a-b.css: has the same host name "a-b.css.d.test" as /a_b.css; ' +
      'rename the file, or use the naming scheme "flat", which has a legal name for every file',
  ]);
  for (const pair of [
    ['/a.index.html', '/a/index.html'],
    ['/v1.0/index.html', '/0/v1/index.html'],
    ['/x.png?1', '/x.png?2'],
    ['/Logo.png', '/logo.png'],
  ]) {
    assert.equal(problemsOf(pair).length, 1, pair.join(' '));
    assert.deepEqual(problemsOf(pair, 'flat'), [], pair.join(' '));
  }
});

test('a crowd of files with one name is one problem of bearable length', () => {
  const [problem = '', ...others] = problemsOf(Array.from({ length: 100 }, (_, at) => `/x.png?${at}`));
  assert.deepEqual(others, []);
  assert.match(problem, /and 94 more/);
});

test('every illegal name is reported, all in one go', () => {
  const long = 'x'.repeat(64);
  const folders = Array.from({ length: 5 }, () => 'y'.repeat(60)).join('/');
  const problems = problemsOf([
    '/a..b',
    '/a b.html',
    '/-a.html',
    `/${long}`,
    `/${folders}/z`,
    '/?q',
    '/ok.html',
  ]);
  assert.equal(problems.length, 6);
  const expected: readonly (readonly [string, RegExp])[] = [
    ['/a..b:', /a label of it is empty/],
    ['/a b.html:', /" " is not a letter, a digit or a hyphen/],
    ['/-a.html:', /label "-a" starts or ends with a hyphen/],
    [`/${long}:`, /a label may have 63 characters, not 64/],
    [`/${folders}/z:`, /a name may have 253 characters, not 313/],
    ['/?q:', /a label of it is empty/],
  ];
  for (const [where, message] of expected) {
    assert.match(problems.find((problem) => problem.startsWith(where)) ?? '', message);
  }
});

test('a name of exactly the allowed length passes', () => {
  const domain = 'd.test';
  const label = 'x'.repeat(63);
  const name = [label, label, label, 'y'.repeat(253 - 3 * 64 - domain.length - 1)].join('/');
  assert.deepEqual(problemsOf([`/${name}`]), []);
  assert.equal(problemsOf([`/${name}y`]).length, 1);
});

test('a domain that is no host name is refused before any page is', () => {
  for (const domain of ['', 'a..b', 'my_site.test', 'd.test.', '-d.test']) {
    assert.match(problemsOf(['/a b'], 'post', domain).join('\n'), /^domain: .* is no host name/);
  }
});

test('a cut name under a long domain is still judged', () => {
  const domain = Array.from({ length: 4 }, () => 'd'.repeat(60)).join('.');
  assert.match(problemsOf([`/${'x'.repeat(80)}`], 'flat', domain).join('\n'), /253 characters/);
});

test('a control character in a name is reported whatever the scheme, and does not get into the report', () => {
  assert.deepEqual(problemsOf(['/a\nb.html'], 'flat'), [
    '"/a\\nb.html": has a control character in its name; rename the file',
  ]);
});

test('dot files are told apart', () => {
  assert.ok(isDotFile('/.htaccess'));
  assert.ok(isDotFile('/a/.git/config'));
  assert.ok(!isDotFile('/a.b/c.html'));
});

test('whatever the files, the index of the scheme "flat" is whole', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
    .filter((text) => !/[/\p{Cc}]/u.test(text));
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      const result = index(
        names.map((each) => `/${each}`),
        'flat',
      );
      assert.ok(result.ok);
      assert.equal(new Set(result.value.map((page) => page.host)).size, names.length);
      assert.deepEqual(
        result.value.flatMap((page) => nameFaults(page.host)),
        [],
      );
    }),
  );
});
