import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Bundle } from '../../src/site/bundle.js';
import type { PageResponse } from '../../src/site/plain-response.js';
import { findOnOwnHost, type RequestHeaders, respond } from '../../src/site/respond.js';
import { BODY, bundleOf } from '../helpers/bundle.js';

const page = bundleOf();
const plainOnly = bundleOf({ representations: page.representations.slice(0, 1) });
const withBrotli = bundleOf({
  representations: [
    ...page.representations,
    { encoding: 'br', etag: '"br-1"', body: Uint8Array.from(brotliCompressSync(BODY)) },
  ],
});
const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT';
const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT';

const ask = (headers: RequestHeaders, options: { method?: string; bundle?: Bundle } = {}): PageResponse =>
  respond({ method: options.method ?? 'GET', target: '/', headers }, options.bundle ?? page);
const field = (response: PageResponse, name: string): string | undefined =>
  response.headers.find(([key]) => key === name)?.[1];
const text = (response: PageResponse): string => Buffer.from(response.body).toString();

test('GET answers the whole page with its header lines', () => {
  const response = ask({});
  assert.equal(response.status, 200);
  assert.equal(text(response), BODY);
  assert.deepEqual(response.headers, [
    ['Content-Length', String(BODY.length)],
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Last-Modified', MODIFIED],
    ['Accept-Ranges', 'bytes'],
    ['ETag', '"identity-1"'],
    ['Vary', 'Accept-Encoding'],
    ['Cache-Control', 'no-cache'],
  ]);
});

test('HEAD has the header lines of GET and no body', () => {
  for (const headers of [{}, { 'accept-encoding': 'gzip' }, { 'if-none-match': '"identity-1"' }]) {
    const [get, head] = [ask(headers), ask(headers, { method: 'HEAD' })];
    assert.deepEqual([head.status, head.headers], [get.status, get.headers]);
    assert.equal(head.body.length, 0);
  }
});

test('a page in one encoding does not vary', () => {
  assert.equal(field(ask({}, { bundle: plainOnly }), 'Vary'), undefined);
});

test('other methods are answered 405 with the ones that are allowed', () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'get']) {
    const response = ask({}, { method });
    assert.equal(response.status, 405);
    assert.equal(field(response, 'Allow'), 'GET, HEAD');
  }
});

test('refusals say what happened, without a body for HEAD', () => {
  for (const refusal of [400, 404, 421] as const) {
    const response = respond({ method: 'GET', target: '/', headers: {} }, refusal);
    assert.equal(response.status, refusal);
    assert.match(text(response), new RegExp(`^${refusal} .+\n$`));
    const head = respond({ method: 'HEAD', target: '/', headers: {} }, refusal);
    assert.deepEqual([head.headers, head.body.length], [response.headers, 0]);
  }
});

test('Accept-Encoding chooses the representation', () => {
  const rows: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'identity-1'],
    ['', 'identity-1'],
    ['gzip', 'gzip-1'],
    ['GZIP', 'gzip-1'],
    ['x-gzip', 'gzip-1'],
    ['gzip, deflate, br, zstd', 'br-1'],
    ['gzip;q=1.0, br;q=0.9', 'gzip-1'],
    ['gzip;q=0.5', 'gzip-1'],
    ['gzip ; q=0.001', 'gzip-1'],
    ['gzip;q=0', 'identity-1'],
    ['gzip;q=0.000, br;q=0.', 'identity-1'],
    ['gzip;q=0.5, identity;q=0.8', 'identity-1'],
    ['identity;q=0.5, gzip;q=0.5', 'gzip-1'],
    ['*', 'br-1'],
    ['*;q=0.3, identity;q=0.2', 'br-1'],
    ['br;q=0, *', 'gzip-1'],
    ['*;q=0, gzip', 'gzip-1'],
    ['identity;q=0, gzip;q=0.1', 'gzip-1'],
    ['deflate', 'identity-1'],
    ['gzip;q=nonsense', 'identity-1'],
    ['gzip;q=2', 'identity-1'],
    [',,;;q=, gzip', 'gzip-1'],
  ];
  for (const [accepted, tag] of rows) {
    const response = ask({ 'accept-encoding': accepted }, { bundle: withBrotli });
    assert.equal(field(response, 'ETag'), `"${tag}"`, accepted);
    assert.equal(
      field(response, 'Content-Encoding') ?? 'identity',
      tag.slice(0, -2),
      'the coding and the tag are of one representation',
    );
  }
});

test('nothing acceptable is 406, which varies too', () => {
  for (const accepted of ['identity;q=0', '*;q=0', 'gzip;q=0, identity;q=0', 'identity;q=0, deflate']) {
    const response = ask({ 'accept-encoding': accepted });
    assert.equal(response.status, 406, accepted);
    assert.equal(field(response, 'Vary'), 'Accept-Encoding');
  }
});

test('preconditions are evaluated in the order of RFC 9110 section 13.2.2', () => {
  const tag = '"identity-1"';
  const rows: readonly (readonly [RequestHeaders, number])[] = [
    [{ 'if-none-match': tag }, 304],
    [{ 'if-none-match': `W/${tag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': `"other", ${tag}` }, 304],
    [{ 'if-none-match': `"a,${tag.slice(1, -1)}"` }, 200],
    [{ 'if-none-match': '"gzip-1"' }, 200],
    [{ 'if-none-match': '"gzip-1"', 'accept-encoding': 'gzip' }, 304],
    [{ 'if-none-match': 'identity-1' }, 200],
    [{ 'if-none-match': '' }, 200],
    // If-None-Match silences If-Modified-Since.
    [{ 'if-none-match': '"other"', 'if-modified-since': MODIFIED }, 200],
    [{ 'if-none-match': tag, 'if-modified-since': EARLIER }, 304],
    [{ 'if-modified-since': MODIFIED }, 304],
    [{ 'if-modified-since': EARLIER }, 200],
    [{ 'if-modified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 304],
    [{ 'if-modified-since': 'Sunday, 06-Nov-93 08:49:37 GMT' }, 200],
    [{ 'if-modified-since': 'Sun Nov  6 08:49:37 1994' }, 304],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-modified-since': 'Thu, 31 Feb 2044 08:49:37 GMT' }, 200],
    [{ 'if-modified-since': 'Thu, 01 Sep 2044 24:49:37 GMT' }, 200],
    [{ 'if-match': tag }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': `W/${tag}` }, 412],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': tag, 'if-unmodified-since': EARLIER }, 200],
    [{ 'if-match': '"other"', 'if-none-match': tag }, 412],
    [{ 'if-match': tag, 'if-none-match': tag }, 304],
    [{ 'if-unmodified-since': MODIFIED }, 200],
    [{ 'if-unmodified-since': EARLIER }, 412],
    [{ 'if-unmodified-since': 'nonsense' }, 200],
    // A precondition that fails comes before a range.
    [{ 'if-none-match': tag, range: 'bytes=0-1' }, 304],
    [{ 'if-match': '"other"', range: 'bytes=9999-' }, 412],
  ];
  for (const [headers, status] of rows) {
    for (const method of headers.range === undefined ? ['GET', 'HEAD'] : ['GET']) {
      assert.equal(ask(headers, { method }).status, status, `${method} ${JSON.stringify(headers)}`);
    }
  }
  assert.equal(ask({ 'if-none-match': tag }, { method: 'POST' }).status, 405);
});

test('304 carries exactly the header lines that a 200 would have for a cache', () => {
  const response = ask({ 'if-none-match': '"gzip-1"', 'accept-encoding': 'gzip' });
  assert.deepEqual(response.headers, [
    ['ETag', '"gzip-1"'],
    ['Vary', 'Accept-Encoding'],
    ['Cache-Control', 'no-cache'],
  ]);
  assert.equal(response.body.length, 0);
});

test('ranges are parts of the representation', () => {
  const last = BODY.length - 1;
  const rows: readonly (readonly [string, number, number, number])[] = [
    ['bytes=0-0', 206, 0, 0],
    ['bytes=0-4', 206, 0, 4],
    ['Bytes=3-', 206, 3, last],
    ['bytes=-5', 206, last - 4, last],
    ['bytes=-99999', 206, 0, last],
    [`bytes=2-${'9'.repeat(400)}`, 206, 2, last],
    [`bytes=${last}-${last + 10}`, 206, last, last],
    [`bytes=${last + 1}-`, 416, 0, 0],
    [`bytes=${'9'.repeat(400)}-`, 416, 0, 0],
    ['bytes=-0', 416, 0, 0],
    ['bytes=0-1,3-4', 200, 0, last],
    ['bytes=5-2', 200, 0, last],
    ['bytes=', 200, 0, last],
    ['bytes=-', 200, 0, last],
    ['bytes=a-b', 200, 0, last],
    ['bytes=1-2x', 200, 0, last],
    ['lines=1-2', 200, 0, last],
    ['1-2', 200, 0, last],
  ];
  for (const [range, status, first, end] of rows) {
    const response = ask({ range });
    assert.equal(response.status, status, range);
    if (status === 416) {
      assert.equal(field(response, 'Content-Range'), `bytes */${BODY.length}`);
      continue;
    }
    assert.equal(text(response), BODY.slice(first, end + 1), range);
    assert.equal(field(response, 'Content-Length'), String(end - first + 1));
    assert.equal(
      field(response, 'Content-Range'),
      status === 206 ? `bytes ${first}-${end}/${BODY.length}` : undefined,
    );
  }
});

test('a part is a view of the page, not a copy', () => {
  assert.equal(ask({ range: 'bytes=1-2' }).body.buffer, page.representations[0]?.body.buffer);
});

test('HEAD has no ranges, and an empty page has no last bytes', () => {
  assert.equal(ask({ range: 'bytes=0-1' }, { method: 'HEAD' }).status, 200);
  const empty = bundleOf({
    representations: [{ encoding: 'identity', etag: '"e"', body: new Uint8Array() }],
  });
  assert.equal(ask({ range: 'bytes=-5' }, { bundle: empty }).status, 200);
  assert.equal(ask({ range: 'bytes=0-' }, { bundle: empty }).status, 416);
});

test('parts of an encoded page put together are the encoded page', () => {
  const encoded = page.representations[1]?.body ?? new Uint8Array();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: encoded.length - 2 }), (cut) => {
      const of = (range: string) => ask({ range, 'accept-encoding': 'gzip' });
      const [head, tail] = [of(`bytes=0-${cut}`), of(`bytes=${cut + 1}-`)];
      assert.deepEqual([head.status, tail.status], [206, 206]);
      assert.equal(field(head, 'Content-Encoding'), 'gzip');
      assert.deepEqual(Buffer.concat([head.body, tail.body]), Buffer.from(encoded));
    }),
  );
});

test('If-Range decides whether a range counts', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['"identity-1"', 206],
    ['"gzip-1"', 200],
    ['W/"identity-1"', 200],
    ['*', 200],
    [MODIFIED, 200],
  ];
  for (const [value, status] of rows) {
    assert.equal(ask({ range: 'bytes=0-1', 'if-range': value }).status, status, value);
    // A range that does not count cannot be unsatisfiable either.
    assert.equal(ask({ range: 'bytes=99999-', 'if-range': value }).status, status === 206 ? 416 : 200);
  }
});

test('a page answers on its own host for its own paths alone', () => {
  const query = bundleOf({ host: 'noise.example.org', urlPath: '/no%20ise.png?13&a=%27' });
  const rows: readonly (readonly [string, string | undefined, Bundle, number])[] = [
    ['/', 'index.html.example.org', page, 200],
    ['/?x', 'index.html.example.org', page, 200],
    ['/index.html', 'Index.HTML.example.org:8080', page, 200],
    ['/index.html', 'index.html.example.org.', page, 200],
    ['/index.html?a=b?c', 'index.html.example.org', page, 200],
    ['/%69ndex.html', 'index.html.example.org', page, 200],
    ['/index.html/', 'index.html.example.org', page, 404],
    ['/Index.html', 'index.html.example.org', page, 404],
    ['//index.html', 'index.html.example.org', page, 404],
    ['/x/../index.html', 'index.html.example.org', page, 404],
    ['/', 'other.example.org', page, 421],
    ['/nothing', 'other.example.org', page, 421],
    ['/', 'xindex.html.example.org', page, 421],
    ['/', '127.0.0.1', page, 421],
    ['/', '[::1]:80', page, 421],
    ['/', undefined, page, 400],
    ['/', '', page, 400],
    ['/', 'index.html.example.org, index.html.example.org', page, 400],
    ['/', 'user@index.html.example.org', page, 400],
    ['/', 'index.html.example.org:x', page, 400],
    ['/%', 'index.html.example.org', page, 400],
    ['/%ff', 'index.html.example.org', page, 400],
    ['*', 'index.html.example.org', page, 400],
    ['index.html', 'index.html.example.org', page, 400],
    ['/#x', 'index.html.example.org', page, 400],
    ['/\u00e9', 'index.html.example.org', page, 400],
    ['http://index.html.example.org/index.html', 'other.example.org', page, 200],
    ['HTTP://index.html.example.org:80', 'other.example.org', page, 200],
    ['http://index.html.example.org?q', 'other.example.org', page, 200],
    ['http://other.example.org/', 'index.html.example.org', page, 421],
    ['http://index.html.example.org/', undefined, page, 400],
    ['/no%20ise.png?13&a=%27', 'noise.example.org', query, 200],
    ["/no%20ise.png%3F13&a='", 'noise.example.org', query, 200],
    ['/no%20ise.png?14', 'noise.example.org', query, 200],
    ['/no%20ise.png', 'noise.example.org', query, 200],
    ['/no', 'noise.example.org', query, 404],
  ];
  for (const [target, host, bundle, status] of rows) {
    const found = findOnOwnHost({ method: 'GET', target, headers: { host } }, bundle);
    assert.equal(typeof found === 'number' ? found : 200, status, `${target} at ${host}`);
  }
});

test('no request throws', () => {
  const value = fc.option(fc.string({ unit: 'binary-ascii' }), { nil: undefined });
  const headers = fc.record({
    host: fc.option(fc.constantFrom('index.html.example.org', '[', 'a b'), { nil: undefined }),
    range: fc.oneof(value, fc.constant('bytes=1-2')),
    'if-range': value,
    'if-none-match': value,
    'if-match': value,
    'if-modified-since': value,
    'if-unmodified-since': value,
    'accept-encoding': value,
  });
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary-ascii' }), headers, (method, target, fields) => {
      const request = { method, target, headers: fields };
      const response = respond(request, findOnOwnHost(request, page));
      assert.ok([200, 206, 304, 400, 404, 405, 406, 412, 416, 421].includes(response.status));
      for (const [, line] of response.headers) assert.match(line, /^[\x20-\x7e]*$/);
    }),
  );
});
