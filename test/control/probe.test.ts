import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ProbeTarget, probe } from '../../src/control/probe.js';
import { servedPage } from '../helpers/control.js';
import { freePort } from '../helpers/daemon.js';

const TIMEOUT_MS = 5_000;
const PAGE = servedPage('a');
const BODY = Buffer.from(PAGE.bundle.representations[0]?.body ?? []);
const ETAG = PAGE.bundle.representations[0]?.etag ?? '';

async function serve(t: TestContext, handle: RequestListener, address = '127.0.0.1'): Promise<Server> {
  const server = createServer(handle).listen(0, address);
  await once(server, 'listening');
  t.after(() => void server.close().closeAllConnections());
  return server;
}

function target(server: Server | number, address = '127.0.0.1'): ProbeTarget {
  const port = typeof server === 'number' ? server : (server.address() as AddressInfo).port;
  return { address, port, host: PAGE.host, urlPath: PAGE.urlPath, bundle: PAGE.bundle, bodySha256: 'match' };
}

const servePage: RequestListener = (_, response) => response.setHeader('etag', ETAG).end(BODY);

test('the page itself is fetched as a visitor would, and its body is compared', async (t) => {
  const asked: unknown[] = [];
  const server = await serve(t, (request, response) => {
    asked.push([request.method, request.url, request.headers.host, request.headers['accept-encoding']]);
    servePage(request, response);
  });
  assert.deepEqual(await probe(target(server), true, TIMEOUT_MS), { kind: 'ok' });
  assert.deepEqual(asked, [['GET', PAGE.urlPath, PAGE.host, 'identity']]);
});

test('afterwards a HEAD with the right entity tag is enough', async (t) => {
  const methods: unknown[] = [];
  const server = await serve(t, (request, response) => {
    methods.push(request.method);
    servePage(request, response);
  });
  assert.deepEqual(await probe(target(server), false, TIMEOUT_MS), { kind: 'ok' });
  assert.deepEqual(methods, ['HEAD']);
});

test('of a page that is made for each visitor, any answer of status 200 will do', async (t) => {
  const methods: unknown[] = [];
  let status = 200;
  const server = await serve(t, (request, response) => {
    methods.push(request.method);
    response.writeHead(status).end(String(Math.random()));
  });
  const dynamic = { ...target(server), bodySha256: 'any' } as const;
  for (const whole of [true, false])
    assert.deepEqual(await probe(dynamic, whole, TIMEOUT_MS), { kind: 'ok' });
  assert.deepEqual(methods, ['GET', 'GET']);
  status = 500;
  assert.deepEqual(await probe(dynamic, true, TIMEOUT_MS), {
    kind: 'wrong',
    detail: 'status 500, expected 200',
  });
});

test('another body, another tag and another status are wrong, and say what was expected', async (t) => {
  const other = await serve(t, (_, response) => response.setHeader('etag', '"old"').end('another page'));
  const body = await probe(target(other), true, TIMEOUT_MS);
  assert.equal(body.kind, 'wrong');
  assert.match(JSON.stringify(body), /the body's SHA-256 is [0-9a-f]{12}…, the page's is [0-9a-f]{12}…/);
  const tag = await probe(target(other), false, TIMEOUT_MS);
  assert.deepEqual(tag, { kind: 'wrong', detail: `entity tag "old", expected ${ETAG}` });

  const misdirected = await serve(t, (_, response) => response.writeHead(421, { etag: ETAG }).end(BODY));
  for (const whole of [true, false]) {
    const outcome = await probe(target(misdirected), whole, TIMEOUT_MS);
    assert.deepEqual(outcome, { kind: 'wrong', detail: 'status 421, expected 200' });
  }
  const untagged = await serve(t, (_, response) => response.end(BODY));
  assert.equal((await probe(target(untagged), false, TIMEOUT_MS)).kind, 'wrong');
});

test('a redirect to the page is not the page', async (t) => {
  const right = await serve(t, servePage);
  const { port } = right.address() as AddressInfo;
  const away = await serve(t, (_, response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${port}${PAGE.urlPath}` }).end(),
  );
  assert.deepEqual(await probe(target(away), true, TIMEOUT_MS), {
    kind: 'wrong',
    detail: 'status 302, expected 200',
  });
});

test('a server that does not answer in time is unreachable, whether it says nothing or stops in the middle', async (t) => {
  const silent = await serve(t, () => {});
  const expected = { kind: 'unreachable', detail: 'no answer in time' };
  assert.deepEqual(await probe(target(silent), true, 50), expected);
  const stuck = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': BODY.length }).write(BODY.subarray(0, 1));
  });
  assert.deepEqual(await probe(target(stuck), true, 50), expected);
});

test('a closed port and a connection that breaks are unreachable', async (t) => {
  const closed = await probe(target(await freePort()), true, TIMEOUT_MS);
  assert.equal(closed.kind, 'unreachable');
  assert.match(JSON.stringify(closed), /ECONNREFUSED/);
  const breaking = await serve(t, (request) => request.socket.destroy());
  assert.equal((await probe(target(breaking), true, TIMEOUT_MS)).kind, 'unreachable');
});

test('an IPv6 address is probed, too', async (t) => {
  const server = await serve(t, servePage, '::1');
  assert.deepEqual(await probe(target(server, '::1'), true, TIMEOUT_MS), { kind: 'ok' });
});

test('every probe makes a connection of its own', async (t) => {
  let connections = 0;
  const server = await serve(t, servePage);
  server.on('connection', () => {
    connections += 1;
  });
  for (let i = 0; i < 3; i += 1) await probe(target(server), i === 0, TIMEOUT_MS);
  assert.equal(connections, 3);
});
