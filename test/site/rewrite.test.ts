import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'parse5';
import { rewriteCss, rewriteHtml } from '../../src/site/rewrite.js';
import { bytes, css, html, LINKS, NO_PAGES, SITE, text, X } from './rewrite-example.js';

const DEEP = 100_000;
/** More than a call can have arguments. */
const MANY = 130_000;
const UTF16 = /^(?:\xff\xfe|\xfe\xff)/;

/** Any bytes but those given: CR LF, NUL, byte order marks and what is no UTF-8 come up by themselves. */
function anyBytesBut(excluded: string): fc.Arbitrary<string> {
  const likely = fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '\0',
    '&',
    '&amp;',
    '&#',
    '\xef\xbb\xbf',
    '\xff',
    '\xc3\xa9',
    '\x85',
    '\xed\xa0\x80',
  );
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  return fc
    .array(fc.oneof(likely, byte), { maxLength: 12 })
    .map((parts) => parts.join('').replace(new RegExp(`[${excluded}]`, 'g'), ''));
}

/** Pieces of markup that open and close each other's contexts at random; every link in them can be told by its text. */
const SOUP = fc
  .array(
    fc.oneof(
      anyBytesBut('@'),
      fc.constantFrom(
        ...[
          '<a href="/img/x.png">',
          "<a href='/nowhere'>",
          '<img src=/img/x.png srcset="/nowhere 1x, /img/x.png">',
        ],
        ...[
          '<style>',
          '</style>',
          'a{b:url(/img/x.png)}',
          '@import "/nowhere";',
          '<p style="a:url(/img/x.png)',
          '">',
        ],
        ...[
          '<!--',
          '-->',
          '<script>',
          '</script>',
          '<svg>',
          '</svg>',
          '<template>',
          '</template>',
          '<b>',
          '</b>',
        ],
        ...[
          '<p>',
          '</p>',
          '<table>',
          '<tr>',
          '<td>',
          '</table>',
          '<select>',
          '<body background=/img/x.png>',
          '<a ',
        ],
        ...[
          '"',
          "'",
          '>',
          '<',
          '=',
          '&quot;',
          '<![CDATA[',
          ']]>',
          '<noscript>',
          '</noscript>',
          '{',
          '}',
          '(',
          ')',
          ';',
        ],
        ...[
          '<iframe srcdoc="<img src=/img/x.png>">',
          "<iframe srcdoc='",
          '<title>',
          '<textarea>',
          '<frameset>',
          '\\',
        ],
      ),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''))
  .filter((source) => !UTF16.test(source));

function restored(rewritten: string): string {
  return rewritten.replaceAll(X, '/img/x.png').replaceAll(`${SITE}/nowhere`, '/nowhere');
}

/** Elements and attributes of the tree that a browser would make, without their values. */
function shapeOf(source: string): string {
  const shape: string[] = [];
  const open: unknown[] = [parse(source, { scriptingEnabled: false })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if ('nodeName' in node) shape.push(String(node.nodeName));
    if ('attrs' in node && Array.isArray(node.attrs)) shape.push(...node.attrs.map(({ name }) => `@${name}`));
    if ('childNodes' in node && Array.isArray(node.childNodes)) open.push(...node.childNodes);
    if ('content' in node) open.push(node.content);
  }
  return shape.join(' ');
}

test('dead links are listed with the line they are on, in order', () => {
  const source = [
    '<a href="nowhere">\r\n<img\r\n src="/img/x.png"\r srcset="/img/x.png 1x,\n',
    '/gone?a&amp;b 2x">\n\n<style>\na{b:url("gone\\.png")}</style><iframe srcdoc="\n<a href= http://EXAMPLE.com/c >"></iframe>',
  ].join('');
  assert.deepEqual(rewriteHtml(bytes(source), '/a/index.html', LINKS).dead, [
    { page: '/a/index.html', line: 1, link: 'nowhere' },
    { page: '/a/index.html', line: 5, link: '/gone?a&b' },
    { page: '/a/index.html', line: 8, link: 'gone.png' },
    { page: '/a/index.html', line: 9, link: 'http://EXAMPLE.com/c' },
  ]);
  assert.deepEqual(rewriteCss(bytes('a{}\n\na{b:url(x)}'), '/css/main.css', LINKS).dead, [
    { page: '/css/main.css', line: 3, link: 'x' },
  ]);
});

test('a page in which nothing has to change is the same object', () => {
  for (const source of ['', '<p>', '<a href="#a">', '<a href="http://other.example/">']) {
    const page = bytes(source);
    assert.equal(rewriteHtml(page, '/a/index.html', LINKS).bytes, page);
    assert.equal(rewriteCss(page, '/css/main.css', LINKS).bytes, page);
  }
});

test('the bytes that were handed in are not written to', () => {
  const page = Uint8Array.from(Buffer.from('<a href=/img/x.png>'));
  const before = page.slice();
  assert.notDeepEqual(Buffer.from(rewriteHtml(page, '/a/index.html', LINKS).bytes), Buffer.from(before));
  assert.deepEqual(page, before);
});

test('a part of a larger buffer is read as that part alone', () => {
  const whole = Buffer.from('<a href="/img/x.png"><a href="/img/x.png">');
  assert.equal(text(rewriteHtml(whole.subarray(0, 21), '/a/index.html', LINKS).bytes), `<a href="${X}">`);
});

test('a document in UTF-16 stays as it is', () => {
  for (const mark of ['\xff\xfe', '\xfe\xff']) {
    const page = bytes(`${mark}<a href="/img/x.png">`);
    assert.deepEqual(rewriteHtml(page, '/a/index.html', LINKS), { bytes: page, dead: [] });
    assert.deepEqual(rewriteCss(page, '/a/index.html', LINKS), { bytes: page, dead: [] });
  }
});

test('any bytes around the links of a page are as they were', () => {
  const piece = fc.record({
    text: anyBytesBut('<'),
    title: anyBytesBut('"'),
    alt: anyBytesBut("'"),
    link: fc.constantFrom('href="@"', "href='@'", 'href=@', 'href\r\n=\r\n"@"', 'style="b:url(@)" id'),
    comment: anyBytesBut('*<'),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const page = (url: string): string =>
        pieces
          .map(({ text, title, link, alt, comment }) => {
            const start = `${text}<a title="${title}" ${link.replace('@', url)} alt='${alt}'>`;
            return `${start}<style>/*${comment}*/b{c:url(${url})}</style>`;
          })
          .join('');
      fc.pre(!UTF16.test(page('')));
      assert.equal(html(page('/img/x.png')), page(X));
    }),
    { numRuns: 300 },
  );
});

test('any bytes around the links of a style sheet are as they were', () => {
  const piece = fc.record({
    comment: anyBytesBut('*'),
    string: anyBytesBut('"\\\\\\n\\r\\f'),
    quote: fc.constantFrom('"', "'", ''),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const page = (url: string): string =>
        pieces
          .map((p) => `/*${p.comment}*/a{c:"${p.string}";b:url(${p.quote}${url}${p.quote})/*${p.comment}*/}`)
          .join('\r\n');
      assert.equal(css(page('/img/x.png')), page(X));
    }),
    { numRuns: 500 },
  );
});

test('in malformed pages nothing but links changes, and the tree keeps its shape', () => {
  fc.assert(
    fc.property(SOUP, (source) => {
      const rewritten = html(source);
      assert.equal(restored(rewritten), source);
      assert.equal(shapeOf(rewritten), shapeOf(source));
      assert.equal(restored(css(source)), source);
    }),
    { numRuns: 500 },
  );
});

test('a rewritten page stays as it is when it is rewritten again', () => {
  const base = fc.constantFrom(
    '',
    '<base href=/img/>',
    '<base href="//other.example/">',
    "<base href='nowhere/'>",
  );
  const links = fc
    .webUrl({ withFragments: true, withQueryParameters: true })
    .map((url) => url.replace(/^https?:\/\/[^/?#]*/, ''));
  fc.assert(
    fc.property(base, SOUP, fc.array(links, { maxLength: 4 }), (start, soup, paths) => {
      const source = `${start}${soup}${paths.map((path) => `<a href="${path}"><b style=a:url(${path})>`).join('')}`;
      const once = html(source);
      assert.equal(html(once), once);
      assert.deepEqual(
        rewriteHtml(bytes(once), '/a/index.html', LINKS).dead.length,
        rewriteHtml(bytes(source), '/a/index.html', LINKS).dead.length,
      );
      const sheet = css(source);
      assert.equal(css(sheet), sheet);
    }),
    { numRuns: 500 },
  );
});

test('without pages only links to this site change, and all of those are dead', () => {
  fc.assert(
    fc.property(SOUP, (source) => {
      const { bytes: rewritten, dead } = rewriteHtml(bytes(source), '/a/index.html', NO_PAGES);
      // Nor do these: the page is at its own place on the domain, and so are the relative links.
      assert.equal(text(rewritten), source);
      assert.ok(dead.every(({ link }) => link === '/img/x.png' || link === '/nowhere'));
    }),
    { numRuns: 300 },
  );
});

test('nesting has no limit', () => {
  for (const tag of ['<div>', '<b>', '<svg>', '<template>']) {
    const nested = tag.repeat(DEEP);
    assert.ok(html(`${nested}<a href=/img/x.png>`) === `${nested}<a href=${X}>`, tag);
  }
  for (const open of ['a{', 'a{b:calc(', '(', '[', '@a{', '/*', 'url(', 'a{b:image-set(']) {
    const nested = open.repeat(DEEP);
    assert.ok(css(`a{b:url(/img/x.png)}${nested}`) === `a{b:url(${X})}${nested}`, open);
  }
  const sources = ['a{'.repeat(DEEP), 'b:url(@)', '}'.repeat(DEEP)].join('');
  assert.ok(css(sources.replace('@', '/img/x.png')) === sources.replace('@', X));
});

test('documents within documents are followed down to a depth that a browser would show', () => {
  let page = '<img src=/img/x.png>';
  for (let depth = 0; depth < 4; depth += 1) {
    page = `<iframe srcdoc="${page.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">`;
  }
  assert.equal(html(page), page.replace('/img/x.png', X));
  for (let depth = 0; depth < 12; depth += 1) page = `<iframe srcdoc='${page.replaceAll("'", '&#39;')}'>`;
  assert.equal(html(page), page);
});

test('a large page with many links is rewritten whole', () => {
  const line = (url: string): string => `<p>text\xff</p><a href="${url}" title='a &amp; b'>a</a>\r\n`;
  const count = 10_000;
  assert.ok(html(line('/img/x.png').repeat(count)) === line(X).repeat(count));
  for (const [start, repeated, end] of [
    ['<style>', 'a{b:url(@)}', '</style>'],
    ['<iframe srcdoc="', '<a href=@>', '"></iframe>'],
  ] as const) {
    const page = (url: string): string => start + repeated.replace('@', url).repeat(MANY) + end;
    assert.ok(html(page('/img/x.png')) === page(X), start);
  }
});
