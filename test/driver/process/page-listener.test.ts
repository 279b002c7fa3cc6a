import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DEFAULT_LIMITS, type HttpLimits } from '../../../src/driver/process/http-limits.js';
import { createPageListener, type PageListener } from '../../../src/driver/process/page-listener.js';
import { findOnOwnHost, respond } from '../../../src/site/respond.js';
import { BODY, bundleOf } from '../../helpers/bundle.js';
import { RawClient } from '../../helpers/http.js';

const HOST = 'index.html.example.org';
const GET = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
const big = Buffer.alloc(16 * 1024 * 1024, 'x');

async function start(t: TestContext, limits: Partial<HttpLimits> = {}, body: Uint8Array = Buffer.from(BODY)) {
  const bundle = bundleOf({ representations: [{ encoding: 'identity', etag: '"a"', body }] });
  const listener: PageListener = createPageListener(
    (request) => respond(request, findOnOwnHost(request, bundle)),
    { ...DEFAULT_LIMITS, sweepMs: 20, ...limits },
  );
  const { port } = await listener.listen('127.0.0.1', 0);
  const clients: RawClient[] = [];
  t.after(async () => {
    for (const client of clients) client.socket.destroy();
    await listener.close(0);
  });
  const connect = (): RawClient => {
    const client = new RawClient(port);
    clients.push(client);
    return client;
  };
  return { listener, connect };
}

async function responseBegins(listener: PageListener): Promise<void> {
  while (listener.bytes === 0) await new Promise((resolve) => setImmediate(resolve));
}

const isAnswered = /\r\n\r\n<p>[\s\S]*<\/p>\n$/;

test('a connection is kept alive, and pipelined requests are answered in their order', async (t) => {
  const { connect, listener } = await start(t);
  const client = connect();
  client.send(GET);
  await client.until(isAnswered);
  client.send(
    GET.replace('/ ', '/nothing ') + GET + GET.replace('GET', 'HEAD') + GET.replace('/ ', '/none '),
  );
  await client.until(/no such page\n[\s\S]*no such page\n/);
  const statuses = [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
  assert.deepEqual(statuses, ['200', '404', '200', '200', '404']);
  assert.equal(client.count('<p>'), 2);
  assert.equal(listener.openConnections, 1);
  assert.match(client.received, /Keep-Alive: timeout=5/);
});

test('a connection ends with its last permitted request', async (t) => {
  const { connect } = await start(t, { maxRequestsPerConnection: 3 });
  const client = connect();
  client.send(GET + GET + GET);
  await client.closed;
  assert.equal(client.count('HTTP/1.1 200'), 3);
  assert.equal(client.count('Connection: close'), 1);
});

test('a connection ends when it is old', async (t) => {
  const { connect } = await start(t, { maxConnectionAgeMs: 0 });
  const client = connect();
  client.send(GET);
  await client.closed;
  assert.match(client.received, /Connection: close/);
});

test('draining answers with "close", closes idle connections, and goes on answering new ones', async (t) => {
  const { connect, listener } = await start(t, { drainIdleMs: 300, idleTimeoutMs: 60_000 });
  const [idle, asking] = [connect(), connect()];
  for (const client of [idle, asking]) {
    client.send(GET);
    await client.until(isAnswered);
  }
  listener.drain();
  asking.send(GET);
  await asking.closed;
  assert.equal(
    asking.count('HTTP/1.1 200'),
    2,
    'a request on a connection that was kept alive is still answered',
  );
  assert.equal(asking.count('Connection: close'), 1);
  await idle.closed;
  const late = connect();
  late.send(GET);
  await late.closed;
  assert.match(late.received, /^HTTP\/1\.1 200 [\s\S]*Connection: close/);
  assert.equal(listener.openConnections, 0);
});

test('draining leaves a connection alone whose request has begun', async (t) => {
  const { connect, listener } = await start(t, { drainIdleMs: 50 });
  const client = connect();
  client.send(GET.slice(0, 20));
  const witness = connect();
  await new Promise((resolve) => witness.socket.once('connect', resolve));
  listener.drain();
  // The one that has sent nothing is closed by the sweep that the other one survives.
  await witness.closed;
  client.send(GET.slice(20));
  await client.closed;
  assert.match(client.received, /^HTTP\/1\.1 200 /);
});

test('closing lets a response finish', async (t) => {
  const { connect, listener } = await start(t, {}, big);
  const client = connect();
  client.socket.pause();
  client.send(GET);
  await responseBegins(listener);
  const closed = listener.close(60_000);
  client.socket.resume();
  await client.closed;
  await closed;
  assert.equal(client.received.length - client.received.indexOf('\r\n\r\n') - 4, big.length);
});

test('closing cuts off a client that does not take its response', async (t) => {
  const { connect, listener } = await start(t, {}, big);
  const client = connect();
  client.socket.pause();
  client.send(GET);
  await responseBegins(listener);
  await listener.close(50);
  client.socket.resume();
  await client.closed;
  assert.ok(client.received.length < big.length);
});

test('clients that are slow with a header, a body or a response time out', async (t) => {
  const { connect, listener } = await start(
    t,
    { headersTimeoutMs: 100, requestTimeoutMs: 200, idleTimeoutMs: 100, stallTimeoutMs: 300 },
    big,
  );
  const slowHeader = connect();
  slowHeader.send('GET / HTTP/1.1\r\nHost: ');
  const drip = setInterval(() => slowHeader.send('x'), 20);
  const slowBody = connect();
  slowBody.send(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 9\r\n\r\nx`);
  const idle = connect();
  idle.send(GET.replace('GET', 'HEAD'));
  const silent = connect();
  const stalled = connect();
  stalled.socket.pause();
  stalled.send(GET);
  try {
    await Promise.all([slowHeader.closed, slowBody.closed, idle.closed, silent.closed]);
  } finally {
    clearInterval(drip);
  }
  assert.match(slowHeader.received, /^HTTP\/1\.1 408 /);
  assert.match(idle.received, /^HTTP\/1\.1 200 /);
  while (listener.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 20));
});

test('the oldest connection that is not being answered gives way to a new one', async (t) => {
  const { connect } = await start(t, { maxConnections: 2 });
  const [first, second] = [connect(), connect()];
  for (const client of [first, second]) {
    client.send(GET);
    await client.until(isAnswered);
  }
  const third = connect();
  third.send(GET);
  await third.until(isAnswered);
  await first.closed;
  second.send(GET);
  await second.until(/<p>[\s\S]*<p>/);
});

test('a new connection is refused when every other one is being answered', async (t) => {
  const { connect, listener } = await start(t, { maxConnections: 1 }, big);
  const first = connect();
  first.socket.pause();
  first.send(GET);
  await responseBegins(listener);
  const second = connect();
  await second.closed;
  assert.equal(second.received, '');
  first.socket.resume();
  await first.until(/x$/);
});

test('a large header, a large body and nonsense are answered and cut off', async (t) => {
  const { connect } = await start(t);
  const rows: readonly (readonly [string, RegExp])[] = [
    [`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    [`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 99999999\r\n\r\n`, /^HTTP\/1\.1 405 [\s\S]*close/],
    [
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      /^HTTP\/1\.1 405 [\s\S]*close/,
    ],
    [
      `PUT / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n`,
      /^HTTP\/1\.1 405 /,
    ],
    [`GET / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`, /^HTTP\/1\.1 400 /],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^HTTP\/1\.1 400 /],
    ['nonsense\r\n\r\n', /^HTTP\/1\.1 400 /],
    [`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: a\0b\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ];
  for (const [request, reply] of rows) {
    const client = connect();
    client.send(request);
    await client.closed;
    assert.match(client.received, reply, request.slice(0, 60));
  }
});

test('HTTP/1.0 with a Host is served and closed', async (t) => {
  const { connect } = await start(t);
  const client = connect();
  client.send(`GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`);
  await client.closed;
  assert.match(client.received, /^HTTP\/1\.1 200 /);
});
