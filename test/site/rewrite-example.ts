import { type LinkMap, rewriteCss, rewriteHtml } from '../../src/site/rewrite.js';

/** `Page.path` and the page's URL. */
export const PAGES: ReadonlyMap<string, string> = new Map([
  ['/index.html', 'http://index.html.example.com:8080/index.html'],
  ['/index.html?lang=no', 'http://no.index.html.example.com:8080/index.html?lang=no'],
  ['/a/index.html', 'http://a.index.html.example.com:8080/index.html'],
  ['/a/page.html', 'http://a.page.html.example.com:8080/page.html'],
  ['/a/b/deep.html', 'http://b.a.deep.html.example.com:8080/deep.html'],
  ['/dir.d/index.html', 'http://dir.d.index.html.example.com:8080/index.html'],
  ['/both', 'http://both.example.com:8080/both'],
  ['/both/index.html', 'http://both.index.html.example.com:8080/index.html'],
  ['/img/x.png', 'http://img.x.png.example.com:8080/x.png'],
  ['/img/x.png?1', 'http://1.img.x.png.example.com:8080/x.png?1'],
  ['/img/y.png', 'http://img.y.png.example.com:8080/y.png'],
  ['/img/only.png?v=1&w=a b', 'http://img.only.png.example.com:8080/only.png?v=1&w=a%20b'],
  ['/img/only.png?to=%2Fa', 'http://2.img.only.png.example.com:8080/only.png?to=%2Fa'],
  ['/css/main.css', 'http://css.main.css.example.com:8080/main.css'],
  ['/~me/caf\u00e9 1.html', 'http://me.cafe.example.com:8080/caf%C3%A9%201.html'],
  ['/100%.html', 'http://100.example.com:8080/100%25.html'],
  ["/it's (1),", "http://its.example.com:8080/it's%20(1),"],
]);
export const LINKS: LinkMap = { domain: 'example.com', urlOf: (path) => PAGES.get(path) };
export const NO_PAGES: LinkMap = { domain: 'example.com', urlOf: () => undefined };

export const INDEX = 'http://index.html.example.com:8080/index.html';
export const A_INDEX = 'http://a.index.html.example.com:8080/index.html';
export const A_PAGE = 'http://a.page.html.example.com:8080/page.html';
export const X = 'http://img.x.png.example.com:8080/x.png';
export const Y = 'http://img.y.png.example.com:8080/y.png';
export const CSS = 'http://css.main.css.example.com:8080/main.css';
/** Where dead links are sent. */
export const SITE = 'http://example.com:8080';

/** Rewrites a source of one character per byte; by default that of /a/index.html. */
export function html(source: string, path = '/a/index.html', links = LINKS): string {
  return text(rewriteHtml(bytes(source), path, links).bytes);
}

export function css(source: string, path = '/css/main.css', links = LINKS): string {
  return text(rewriteCss(bytes(source), path, links).bytes);
}

export function bytes(source: string): Uint8Array {
  return Buffer.from(source, 'latin1');
}

export function text(source: Uint8Array): string {
  return Buffer.from(source).toString('latin1');
}
