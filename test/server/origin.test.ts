import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { ListenError } from '../../src/driver/listen-error.js';
import { type Origin, type OriginOptions, startOrigin } from '../../src/server/origin.js';
import type { ServedPage } from '../../src/site/page.js';
import { BODY, bundleOf } from '../helpers/bundle.js';
import { ask, RawClient } from '../helpers/http.js';

const DOMAIN = 'www.example.org';

function pageOf(path: string, host: string, body = `body of ${path}`): ServedPage {
  const name = path.slice(path.lastIndexOf('/'));
  const urlPath = name
    .split('?')
    .map((part) => encodeURI(part))
    .join('?');
  const bundle = bundleOf({
    host: host.toLowerCase(),
    path,
    urlPath,
    representations: [{ encoding: 'identity', etag: `"${body.length}"`, body: Buffer.from(body) }],
  });
  return { path, host, urlPath, bundle, bundleFile: '/nowhere' };
}

const index: ServedPage = {
  path: '/index.html',
  host: `Index.html.${DOMAIN}`,
  urlPath: '/index.html',
  bundle: bundleOf({ host: `index.html.${DOMAIN}` }),
  bundleFile: '/nowhere',
};
const pages = [
  index,
  pageOf('/noise.png?139', `noise.png.${DOMAIN}`),
  pageOf('/blog/index.html', `blog.${DOMAIN}`),
  pageOf('/blog/index.html?C=N;O=D', `blog-sorted.${DOMAIN}`),
  pageOf('/blog/\u00e9 t\u00e9.html', `summer.${DOMAIN}`),
  pageOf('/a?b/index.html', `odd.${DOMAIN}`),
];

async function start(options: Partial<OriginOptions> = {}): Promise<{ origin: Origin; port: number }> {
  const origin = await startOrigin({
    listen: [{ address: '127.0.0.1', port: 0 }],
    domain: DOMAIN,
    ...options,
  });
  origin.replace({ added: pages, changed: [], removed: [] });
  return { origin, port: origin.addresses[0]?.port ?? 0 };
}

let origin: Origin;
let port: number;
before(async () => {
  ({ origin, port } = await start());
});
after(() => origin.close());

test('a page is served under its own host name and under the domain', async () => {
  const rows: readonly (readonly [string, string, number, string?])[] = [
    [`index.html.${DOMAIN}`, '/', 200, BODY],
    [`INDEX.html.${DOMAIN}:${1}`, '/index.html?x=1', 200, BODY],
    [`index.html.${DOMAIN}`, '/blog/', 404],
    [DOMAIN, '/', 200, BODY],
    [`${DOMAIN.toUpperCase()}:80`, '/index.html', 200, BODY],
    [DOMAIN, '/?utm=1', 200, BODY],
    [DOMAIN, '/noise.png?139', 200, 'body of /noise.png?139'],
    [DOMAIN, '/noise.png%3F139', 200, 'body of /noise.png?139'],
    [DOMAIN, '/noise.png?140', 404],
    [DOMAIN, '/blog/', 200, 'body of /blog/index.html'],
    [DOMAIN, '/blog/?nothing', 200, 'body of /blog/index.html'],
    [DOMAIN, '/blog/?C=N;O=D', 200, 'body of /blog/index.html?C=N;O=D'],
    [DOMAIN, '/blog/index.html?C=N;O=D', 200, 'body of /blog/index.html?C=N;O=D'],
    [DOMAIN, '/blog/%C3%A9%20t%C3%A9.html', 200, 'body of /blog/\u00e9 t\u00e9.html'],
    [`summer.${DOMAIN}`, '/%C3%A9%20t%C3%A9.html', 200, 'body of /blog/\u00e9 t\u00e9.html'],
    [DOMAIN, '/blog/index.html/', 404],
    [DOMAIN, '/..%2Fblog/index.html', 404],
    [DOMAIN, '/../../etc/passwd', 404],
    [DOMAIN, '/%00', 404],
    [DOMAIN, '/%c3%28', 400],
    [DOMAIN, '/%zz', 400],
    [`x${DOMAIN}`, '/', 421],
    ['127.0.0.1', '/', 421],
    [`nothing.${DOMAIN}`, '/', 421],
  ];
  for (const [host, target, status, body] of rows) {
    const answer = await ask({ port, host, target });
    assert.equal(answer.status, status, `${target} at ${host}`);
    if (body !== undefined) assert.equal(answer.body.toString(), body, `${target} at ${host}`);
  }
});

test('a folder without its slash is redirected to itself with one, and never off the site', async () => {
  const to = async (target: string) => {
    const answer = await ask({ port, host: DOMAIN, target });
    return [answer.status, answer.headers.location];
  };
  assert.deepEqual(await to('/blog'), [301, '/blog/']);
  assert.deepEqual(await to('/%62log?a=%23b'), [301, '/blog/?a=%23b']);
  assert.deepEqual(await to('//blog'), [404, undefined]);
  assert.deepEqual(await to('//evil.example/%2e%2e'), [404, undefined]);
  assert.deepEqual(await to('/nothing'), [404, undefined]);
});

test('HEAD, conditions, encodings, ranges and methods work through the socket', async () => {
  const host = `index.html.${DOMAIN}`;
  const head = await ask({ port, host, method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '373', 0]);
  assert.ok(head.headers.date !== undefined);
  const none = await ask({ port, host, headers: { 'if-none-match': head.headers.etag ?? '' } });
  assert.deepEqual([none.status, none.body.length], [304, 0]);
  const gzip = await ask({ port, host, headers: { 'accept-encoding': 'gzip', range: 'bytes=0-1' } });
  assert.deepEqual([gzip.status, [...gzip.body]], [206, [0x1f, 0x8b]]);
  const post = await ask({ port, host, method: 'POST', headers: { 'content-length': '0' } });
  assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
});

test('requests that led to a page are counted per host', async () => {
  const counted = await start();
  try {
    for (const [host, target] of [
      [`index.html.${DOMAIN}`, '/'],
      [DOMAIN, '/'],
      [DOMAIN, '/blog/'],
      [DOMAIN, '/nothing'],
      [`nothing.${DOMAIN}`, '/'],
    ] as const) {
      await ask({ port: counted.port, host, target });
    }
    const { totals, ...mark } = counted.origin.counts(null);
    assert.deepEqual(totals, { [`index.html.${DOMAIN}`]: 2, [`blog.${DOMAIN}`]: 1 });
    await ask({ port: counted.port, host: DOMAIN });
    assert.deepEqual(counted.origin.counts(mark).totals, { [`index.html.${DOMAIN}`]: 3 });
  } finally {
    await counted.origin.close();
  }
});

test('a change is served from the next request on', async () => {
  const changing = await start();
  const bodyAt = async (host: string, target = '/') => {
    const answer = await ask({ port: changing.port, host, target });
    return answer.status === 200 ? answer.body.toString() : answer.status;
  };
  try {
    changing.origin.replace({
      added: [pageOf('/new.html', `new.${DOMAIN}`, 'new')],
      changed: [pageOf('/index.html', `index.html.${DOMAIN}`, 'changed')],
      removed: [pageOf('/blog/index.html', `blog.${DOMAIN}`)],
    });
    assert.equal(await bodyAt(`new.${DOMAIN}`), 'new');
    assert.equal(await bodyAt(DOMAIN), 'changed');
    assert.equal(await bodyAt(`blog.${DOMAIN}`), 421);
    assert.equal(await bodyAt(DOMAIN, '/blog/'), 404);
    // A page of another path takes over the host name of one that went, in one change.
    changing.origin.replace({
      added: [pageOf('/newer.html', `new.${DOMAIN}`, 'newer')],
      changed: [],
      removed: [pageOf('/new.html', `new.${DOMAIN}`)],
    });
    assert.equal(await bodyAt(`new.${DOMAIN}`), 'newer');
    assert.equal(await bodyAt(DOMAIN, '/new.html'), 404);
  } finally {
    await changing.origin.close();
  }
});

test('HTTP/1.1 without a Host, or with two, is a bad request', async () => {
  for (const fields of ['', `Host: ${DOMAIN}\r\nHost: ${DOMAIN}\r\n`, 'Host: a b\r\n']) {
    const client = new RawClient(port);
    client.send(`GET / HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`);
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 400 /, JSON.stringify(fields));
  }
});

test('IPv4 and IPv6 are listened on side by side', async () => {
  const both = await start({
    listen: [
      { address: '127.0.0.1', port: 0 },
      { address: '::1', port: 0 },
    ],
  });
  try {
    for (const { address, port: at } of both.origin.addresses) {
      assert.equal((await ask({ port: at, address, host: DOMAIN })).status, 200, address);
    }
  } finally {
    await both.origin.close();
  }
});

test('a port in use is said, and nothing stays open', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const taken = (other.address() as { port: number }).port;
  try {
    await assert.rejects(
      start({
        listen: [
          { address: '127.0.0.2', port: taken },
          { address: '127.0.0.1', port: taken },
        ],
      }),
      (error) => {
        assert.ok(error instanceof ListenError);
        assert.equal(error.code, 'EADDRINUSE');
        assert.equal(error.problem.where, `127.0.0.1:${taken}`);
        assert.match(error.problem.message, /in use by another program/);
        assert.match(error.problem.hint ?? '', new RegExp(`sport = :${taken}`));
        return true;
      },
    );
    const free = new RawClient(taken, '127.0.0.2');
    await free.closed;
    assert.equal(free.socket.bytesRead, 0);
  } finally {
    other.close();
  }
});

test('an address that is not of this host is said', async () => {
  await assert.rejects(
    start({ listen: [{ address: '192.0.2.1', port: 0 }] }),
    /this host does not have the address/,
  );
});
