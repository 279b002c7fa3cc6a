import assert from 'node:assert/strict';
import { test } from 'node:test';
import { css, SITE, X, Y } from './rewrite-example.js';

/** Each `%` is a link to X in the source and the URL of X in the result; all else is the same in both. */
const SAME_AROUND: readonly string[] = [
  'a{b:url(%)}',
  'a{b:url( "%" )}',
  "a{b:url('%')no-repeat}",
  'a{b:url(\n%\t)}',
  'a{b:URL(%);c:Url("%")}',
  'a{b:url(%),url(%)format("/img/x.png"),local("/img/x.png")}',
  '@import "%";',
  "@import '%' screen;",
  '@import url(%) layer(a) supports(display: grid) screen;',
  '@import/**/"%";@IMPORT url("%");',
  '@charset "utf-8";\r\n@import "%";\r\n',
  '\xef\xbb\xbf@import "%";',
  '@namespace url(/img/x.png);@namespace svg "/img/x.png";a{b:url(%)}',
  '@font-face{font-family:"/img/x.png";src:url(%) format("woff2")}',
  'a{b:image-set("%" 1x, url(%) 2x, \'%\' type("image/png") 3x)}',
  'a{b:-webkit-image-set(url(%) 1x,"%" 2x)}',
  'a{b:cross-fade(url(%), image-set("%" 1x), 50px)}',
  ':root{--a:url(%);--b:{c:url(%)};--d: "/img/x.png"}',
  '/* url(/img/x.png) */a/* " */{b:/*(*/url(%)/*)*/}',
  'a[href="url(/img/x.png)"]::after{content:"url(/img/x.png)";b:url(%)}',
  '@media screen and (min-width:1px){@supports (a:b){a{b:url(%)}}}',
  'a{&:hover{b:url(%)}c:url(%)}',
  'a{*b:url(%);_c:url(%)!important}',
  'a{b:url(%)',
  'a{b:url("%")',
  '@import "%"',
  'a{b:url()}c{d:url("")}e{f:url(#g)}h{i:url(%#g)}',
  'a{b:url(%)}}}c{d:url(%)}',
  'a{b:url(%);c d e;f:"unclosed\n}g{h:i}',
  'a{b:url(data:image/png;base64,/img/x.png);c:url("data:,url(/img/x.png)")}',
  'a{\xff\xfe:\x80\0;b:url(%)}\r\n\f',
  '<!-- a{b:url(%)} -->',
  'a{b:url(/img/x.png /img/x.png);c:url(/img/x.png"");d:url(/img/x.png\'\');e:url(/img/x.png();f:url(%)}',
  'a{b:url(%',
  'a{b:url( % ',
  '@x{@y url(%){a{b:url(%)}}}',
];

test('links in every place are rewritten, and nothing else', () => {
  for (const source of SAME_AROUND) {
    assert.equal(css(source.replaceAll('%', '../img/x.png')), source.replaceAll('%', X), source);
  }
});

/** Source and result on /css/main.css. */
const EXACT: readonly (readonly [string, string])[] = [
  ['a{b:url(/img\\/x\\.png)}', `a{b:url(${X})}`],
  ['a{b:url("/img\\2f x\\00002Epng")}', `a{b:url("${X}")}`],
  ['a{b:url("/im\\\r\ng/x.png")}', `a{b:url("${X}")}`],
  ["a{b:url(/it\\'s\\ \\(1\\)\\2c)}", "a{b:url(http://its.example.com:8080/it\\'s%20\\(1\\),)}"],
  ["a{b:url('/it\\'s (1),')}", "a{b:url('http://its.example.com:8080/it\\'s%20(1),')}"],
  ['a{b:url("/it\'s (1),")}', 'a{b:url("http://its.example.com:8080/it\'s%20(1),")}'],
  ['a{b:url(/~me/caf\xc3\xa9\\ 1.html)}', 'a{b:url(http://me.cafe.example.com:8080/caf%C3%A9%201.html)}'],
  ['a{b:url(/img/x.png?q=1&r#s)}', `a{b:url(${X}?q=1&r#s)}`],
  ['a{b:url(nowhere.png)}', `a{b:url(${SITE}/css/nowhere.png)}`],
  ['a{b:url(main.css)}', 'a{b:url(main.css)}'],
  ['a{b:url(//other.example/x.png)}', 'a{b:url(//other.example/x.png)}'],
  ['a{b:url(../img/x.png)}c{d:url(../img/y.png)}', `a{b:url(${X})}c{d:url(${Y})}`],
];

test('links are decoded, followed and written for where they stand', () => {
  for (const [source, result] of EXACT) assert.equal(css(source), result, source);
});
