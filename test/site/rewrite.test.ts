import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LinkMap, rewriteCss, rewriteHtml } from '../../src/site/rewrite.js';

const PAGES = new Map(
  Object.entries({
    '/index.html': 'http://index.html.example.com:8080/index.html',
    '/a/index.html': 'http://a.index.html.example.com:8080/index.html',
    '/a/page.html': 'http://a.page.html.example.com:8080/page.html',
    '/a/b/deep.html': 'http://b.a.deep.html.example.com:8080/deep.html',
    '/img/x.png': 'http://img.x.png.example.com:8080/x.png',
    '/img/x.png?1': 'http://1.img.x.png.example.com:8080/x.png?1',
    '/img/y.png': 'http://img.y.png.example.com:8080/y.png',
    '/img/only.png?v=1&w=2': 'http://img.only.png.example.com:8080/only.png?v=1&w=2',
    '/css/main.css': 'http://css.main.css.example.com:8080/main.css',
    '/~me/caf\u00e9 1.html': 'http://me.cafe.example.com:8080/caf%C3%A9%201.html',
    "/it's (1),.png": "http://its.example.com:8080/it's%20(1),.png",
  }),
);
const LINKS: LinkMap = { domain: 'example.com', urlOf: (path) => PAGES.get(path) };
const INDEX = 'http://index.html.example.com:8080/index.html';
const A_INDEX = 'http://a.index.html.example.com:8080/index.html';
const A_PAGE = 'http://a.page.html.example.com:8080/page.html';
const X = 'http://img.x.png.example.com:8080/x.png';
const Y = 'http://img.y.png.example.com:8080/y.png';

function html(source: string, path = '/a/index.html', links = LINKS): string {
  return Buffer.from(rewriteHtml(Buffer.from(source, 'latin1'), path, links).bytes).toString('latin1');
}
function css(source: string, path = '/css/main.css'): string {
  return Buffer.from(rewriteCss(Buffer.from(source, 'latin1'), path, LINKS).bytes).toString('latin1');
}

/** Link as written on /a/index.html, and where it leads; null: byte for byte as it was. */
const RESOLUTIONS: readonly (readonly [string, string | null])[] = [
  ['/img/x.png', X],
  ['../img/x.png', X],
  ['./page.html', A_PAGE],
  ['page.html', A_PAGE],
  ['http://example.com/a/page.html', A_PAGE],
  ['https://EXAMPLE.com/a/page.html', A_PAGE],
  ['HTTP://Example.Com:80/a/page.html', A_PAGE],
  ['http://example.com:8080/a/page.html', A_PAGE],
  ['//example.com/a/page.html', A_PAGE],
  ['http:page.html', A_PAGE],
  ['/', INDEX],
  ['http://example.com', INDEX],
  ['..', INDEX],
  ['../', INDEX],
];

test("links lead to the page's own host", () => {
  for (const [link, target] of RESOLUTIONS) {
    assert.equal(html(`<a href="${link}">`), `<a href="${target ?? link}">`, link);
  }
});

test("style sheets lead to the pages' own hosts", () => {
  assert.equal(css('a{b:url(../img/x.png)}'), `a{b:url(${X})}`);
  assert.equal(css('@import "../img/x.png";'), `@import "${X}";`);
  assert.equal(html('<p style="b:url(../img/x.png)">'), `<p style="b:url(${X})">`);
  assert.equal(html("<style>a{b:url('../img/y.png')}</style>"), `<style>a{b:url('${Y}')}</style>`);
  assert.equal(
    html('<base href="/img/"><a href=x.png><a href="#q">'),
    `<base href=""><a href=${X}><a href="http://example.com:8080/img/#q">`,
  );
  assert.equal(A_INDEX, PAGES.get('/a/index.html'));
});
