import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { flatLabel, hostOf, postHost, urlPathOf } from '../../src/site/naming.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const fixture = new URL('../../../test/fixtures/post-naming.tsv', import.meta.url);
const rows = readFileSync(fixture, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'));

/** Paths that are likely to meet: few letters, all the characters that a scheme has to map. */
const segment = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '-', '_', '.', '?', '1', 'é', ' ', '%'),
  minLength: 1,
  maxLength: 5,
});
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);
const longPath = fc
  .string({ unit: fc.constantFrom('a', 'b'), minLength: 60, maxLength: 80 })
  .map((n) => `/${n}`);

test('the scheme "post" names all 49 files of the post as the post did', () => {
  assert.equal(rows.length, 49);
  for (const [file = '', host] of rows) {
    assert.equal(hostOf(file, 'www.skjegstad.com', 'post', sha256), host, file);
  }
});

test('the ids of the post are the hash of host and file name, so the file name keeps its query', () => {
  for (const [file = '', host = '', id] of rows) {
    const hash = createHash('sha224').update(host + decodeURIComponent(urlPathOf(file).slice(1)));
    assert.equal(hash.digest('hex').slice(0, 20), id, file);
  }
});

test('the scheme "post" reverses folders, drops the query, maps underscores and keeps case and dots', () => {
  assert.equal(postHost('/a_b/v1.0/Code_Bg.png?12_3', 'd.test'), 'v1.0.a-b.Code-Bg.png.d.test');
});

test('the scheme "flat" gives a label that reads like the path', () => {
  assert.equal(flatLabel('/index.html', sha256), 'index-html');
  assert.equal(flatLabel('/blog/my-post/index.html', sha256), 'blog--my-post--index-html');
  assert.equal(flatLabel('/about', sha256), 'about');
});

test('the scheme "flat" adds a hash where the label would say less than the path', () => {
  assert.match(flatLabel('/theme/code_bg.png?13', sha256), /^theme-code-bg-png-13-[0-9a-f]{12}$/);
  assert.match(flatLabel('/MobileNode.png', sha256), /^mobilenode-png-[0-9a-f]{12}$/);
  assert.match(flatLabel('/about-us', sha256), /^about-us-[0-9a-f]{12}$/);
  assert.match(flatLabel('/日本', sha256), /^page-[0-9a-f]{12}$/);
  assert.match(flatLabel('/xn/a.html', sha256), /^xn-a-html-[0-9a-f]{12}$/, 'a reserved label (RFC 5890)');
  assert.match(flatLabel('/a.123456789abc', sha256), /^a-123456789abc-[0-9a-f]{12}$/, 'looks like a hash');
  assert.equal(flatLabel(`/${'x'.repeat(100)}`, sha256).length, 63);
});

test('no two paths have one flat label, and each label is a legal host label', () => {
  const anyPath = fc.oneof(path, longPath);
  fc.assert(
    fc.property(fc.uniqueArray(anyPath, { minLength: 2, maxLength: 50 }), (paths) => {
      const labels = paths.map((each) => flatLabel(each, sha256));
      assert.equal(new Set(labels).size, paths.length);
      for (const label of labels) {
        assert.match(label, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        assert.notEqual(label.slice(2, 4), '--');
      }
    }),
  );
});

test('labels with and without a hash never meet, whatever the hash', () => {
  const weak = (): string => '0123456789abcdef';
  fc.assert(
    fc.property(path, path, (a, b) => {
      const labels = [flatLabel(a, weak), flatLabel(b, weak)];
      const hashed = labels.filter((label) => label.endsWith('0123456789ab'));
      if (a !== b && hashed.length < 2) assert.notEqual(labels[0], labels[1]);
    }),
  );
});

test('the URL path is what a browser asks for, and a parser of URLs leaves it as it is', () => {
  assert.equal(urlPathOf('/theme/code_bg.png?1395516324'), '/code_bg.png?1395516324');
  assert.equal(urlPathOf('/a b/c d#é%.html'), '/c%20d%23%C3%A9%25.html');
  fc.assert(
    fc.property(segment, (name) => {
      fc.pre(!name.startsWith('.'));
      const url = new URL(`http://d.test${urlPathOf(`/x/${name}`)}`);
      const search = name.endsWith('?') && name.indexOf('?') === name.length - 1 ? '?' : url.search;
      assert.equal(url.pathname + search, urlPathOf(`/x/${name}`));
      assert.equal(decodeURIComponent(url.pathname + search), `/${name}`);
    }),
  );
});
