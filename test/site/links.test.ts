import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseOf, baseWith, type Destination, follow } from '../../src/site/links.js';
import { A_INDEX, A_PAGE, INDEX, LINKS, NO_PAGES, PAGES, SITE, X } from './rewrite-example.js';

const BASE = baseOf('/a/index.html', LINKS);

function pageUrl(path: string): string {
  return PAGES.get(path) ?? assert.fail(path);
}

/** A link as written on /a/index.html, and what is written in its place. */
const TO_PAGES: readonly (readonly [string, string])[] = [
  ['/img/x.png', X],
  ['../img/x.png', X],
  ['./../a/.././img/x.png', X],
  ['./page.html', A_PAGE],
  ['page.html', A_PAGE],
  ['b/deep.html', pageUrl('/a/b/deep.html')],
  ['../../../../a/page.html', A_PAGE],
  ['/a/%2e%2e/img/x.png', X],
  ['\\img\\x.png', X],
  ['http://example.com/a/page.html', A_PAGE],
  ['https://EXAMPLE.com/a/page.html', A_PAGE],
  ['HTTP://Example.Com:80/a/page.html', A_PAGE],
  ['https://example.com:443/a/page.html', A_PAGE],
  ['http://example.com:8080/a/page.html', A_PAGE],
  ['http://example.com./a/page.html', A_PAGE],
  ['http://someone@example.com/a/page.html', A_PAGE],
  ['//example.com/a/page.html', A_PAGE],
  ['//EXAMPLE.com:8080/a/page.html', A_PAGE],
  ['http:page.html', A_PAGE],
  ['  page.html\n', A_PAGE],
  ['pa\tge.h\r\ntml', A_PAGE],
  ['ht\ntp://exam\tple.com/a/page.html', A_PAGE],
  ['/', INDEX],
  ['http://example.com', INDEX],
  ['..', INDEX],
  ['../', INDEX],
  ['../index.html', INDEX],
  ['//example.com', INDEX],
  ['/dir.d', pageUrl('/dir.d/index.html')],
  ['/dir.d/', pageUrl('/dir.d/index.html')],
  ['/both', pageUrl('/both')],
  ['/both/', pageUrl('/both/index.html')],
  ['page.html#top', `${A_PAGE}#top`],
  ['page.html#', `${A_PAGE}#`],
  ['page.html?', `${A_PAGE}?`],
  ['page.html?q=1&r=%20#s?t', `${A_PAGE}?q=1&r=%20#s?t`],
  ['/?q=1#s', `${INDEX}?q=1#s`],
  ['/?lang=no#s', `${pageUrl('/index.html?lang=no')}#s`],
  ['/img/x.png?1', pageUrl('/img/x.png?1')],
  ['/img/x.png?1#f', `${pageUrl('/img/x.png?1')}#f`],
  ['/img/x.png%3F1', pageUrl('/img/x.png?1')],
  ['/img/x.png%3f1?2#f', `${pageUrl('/img/x.png?1')}#f`],
  ['/img/x.png?2', `${X}?2`],
  ['/img/only.png?v=1&w=a%20b', pageUrl('/img/only.png?v=1&w=a b')],
  ['/img/only.png?to=/a', pageUrl('/img/only.png?to=%2Fa')],
  ['/img/only.png?to=%2Fa', pageUrl('/img/only.png?to=%2Fa')],
  ['/~me/caf\u00e9 1.html', pageUrl('/~me/caf\u00e9 1.html')],
  ['/%7Eme/caf%c3%a9%201.html', pageUrl('/~me/caf\u00e9 1.html')],
  ['/100%.html', pageUrl('/100%.html')],
  ['/100%25.html', pageUrl('/100%.html')],
];

const UNTOUCHED: readonly string[] = [
  'http://other.example/',
  '//other.example/a/page.html',
  'http://example.com.other.example/a/page.html',
  'http://www.example.com/a/page.html',
  'http://example.com:81/a/page.html',
  X,
  'HTTPS://Other.Example/A%20b?c&amp;d#e',
  'mailto:a@example.com',
  'tel:+4712345678',
  'javascript:location="/a/page.html"',
  'java\nscript:void(0)',
  ' data:text/html,<a href=/a/page.html>',
  'about:blank',
  'blob:http://example.com/a',
  'ftp://example.com/a/page.html',
  'http://',
  'http://[/',
  // What leads to the page itself does so still: the file's name is the same on its own host.
  '',
  '#',
  '#section',
  '?q=1',
  'index.html',
  'index.html#section',
  './index.html?q',
];

const DEAD: readonly (readonly [string, string])[] = [
  ['nowhere.html', `${SITE}/a/nowhere.html`],
  ['/nowhere/', `${SITE}/nowhere/`],
  ['../Index.html', `${SITE}/Index.html`],
  ['http://example.com/nowhere.html?q#f', `${SITE}/nowhere.html?q#f`],
  ['https://example.com/nowhere.html', `${SITE}/nowhere.html`],
  ['http://example.com//a/page.html', `${SITE}//a/page.html`],
  ['/img/only.png', `${SITE}/img/only.png`],
  ['/img%2Fx.png', `${SITE}/img%2Fx.png`],
  ['/a/page.html/', `${SITE}/a/page.html/`],
  ['/%ff', `${SITE}/%ff`],
];

test('a link to a page leads to its own host', () => {
  for (const [link, url] of TO_PAGES) {
    assert.deepEqual(follow(link, BASE), { url, dead: false } satisfies Destination, JSON.stringify(link));
  }
});

test('a link to another site, of another scheme or to the page itself stays as it is', () => {
  for (const link of UNTOUCHED) assert.equal(follow(link, BASE)?.url, undefined, JSON.stringify(link));
});

test('a link to this site that finds no page leads to the domain', () => {
  for (const [link, url] of DEAD) assert.deepEqual(follow(link, BASE), { url, dead: true }, link);
  const [, url = ''] = DEAD[0] ?? [];
  assert.deepEqual(follow(url, BASE), { url: undefined, dead: true });
});

test('a site without a port in its URLs has none in its dead links', () => {
  const links = { domain: 'Example.COM', urlOf: () => undefined };
  assert.deepEqual(follow('http://example.com/b?c', baseOf('/a', links)), { url: undefined, dead: true });
  const secure = {
    domain: 'example.com',
    urlOf: (path: string) => (path === '/a' ? 'https://a.example.com/a' : undefined),
  };
  assert.equal(follow('b', baseOf('/a', secure))?.url, 'https://example.com/b');
});

test('a path with a query, a percent or a number sign in it is a base like any other', () => {
  for (const path of ['/a/x?y=/z/', '/a/100%', '/a/#1', '/a/x?#', '/a/??']) {
    assert.equal(follow('page.html', baseOf(path, LINKS))?.url, A_PAGE, path);
  }
  const self = baseOf('/img/only.png?v=1&w=a b', LINKS);
  assert.deepEqual(follow('#top', self), { url: undefined, dead: false });
});

test('a base element of this site is emptied, and links lean on it', () => {
  const { base, blank } = baseWith('/img/', BASE);
  assert.equal(blank, true);
  assert.equal(follow('x.png', base)?.url, X);
  assert.equal(follow('../a/#top', base)?.url, `${A_INDEX}#top`);
  assert.equal(follow('#top', base)?.url, `${SITE}/img/#top`);
  assert.equal(follow('//other.example/', base)?.url, undefined);
  assert.equal(
    follow('//other.example/', baseWith('https://example.com/', BASE).base)?.url,
    'https://other.example/',
  );
  for (const own of ['/a/', 'http://example.com/a/index.html', '#', '']) {
    assert.equal(follow('#top', baseWith(own, BASE).base)?.url, undefined, own);
  }
});

test('a base element of another site stays, and what leans on it', () => {
  const { base, blank } = baseWith('//other.example/img/', BASE);
  assert.equal(blank, false);
  assert.equal(follow('x.png', base)?.url, undefined);
  assert.equal(follow('http://example.com/img/x.png', base)?.url, X);
});

test('a base element that the standard ignores is ignored', () => {
  for (const href of ['data:,x', 'javascript:1', 'http://[']) {
    assert.deepEqual(baseWith(href, BASE), { base: BASE, blank: false });
  }
});

test('without pages every link of this site is dead', () => {
  const base = baseOf('/a/index.html', NO_PAGES);
  assert.deepEqual(follow('page.html', base), { url: undefined, dead: true });
  assert.deepEqual(follow('http://other.example/', base), { url: undefined, dead: false });
});
