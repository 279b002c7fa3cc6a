import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadOptions, resolverAddress, startLoad } from '../../../src/cli/demo/load.js';
import type { FirstSeen } from '../../../src/cli/demo/visitors.js';
import { systemClock } from '../../../src/clock.js';
import { type Reply, startDnsResponder } from '../../helpers/dns-responder.js';

const DEADLINE_MS = 20_000;
const BODY = 'a page';
const PAGE = {
  host: 'index.html.demo.hotzone.test',
  urlPath: '/index.html?1',
  digest: createHash('sha256').update(BODY).digest('hex'),
};
const serves: RequestListener = (request, response) => {
  const expected = request.headers.host?.startsWith(`${PAGE.host}:`) === true && request.url === PAGE.urlPath;
  response.statusCode = expected ? 200 : 421;
  response.end(BODY);
};

async function serve(
  context: TestContext,
  address: string,
  port: number,
  listener: RequestListener,
): Promise<number> {
  const server = createServer(listener);
  server.listen(port, address);
  await once(server, 'listening');
  context.after(() => server.close());
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

/** A name server and a load of 20 resolvers, stopped when the test ends. */
async function setUp(context: TestContext, httpPort: number, reply: Reply, more: Partial<LoadOptions> = {}) {
  const responder = await startDnsResponder(() => reply);
  const load = await startLoad({
    server: responder,
    resolvers: 20,
    pages: [PAGE],
    httpPort,
    clock: systemClock,
    random: Math.random,
    timeoutMs: 10_000,
    ...more,
  });
  context.after(async () => {
    await load.stop();
    await responder.close();
  });
  const until = async (isReached: () => boolean) => {
    const deadline = systemClock.now() + DEADLINE_MS;
    while (!isReached()) {
      assert.ok(systemClock.now() < deadline, 'the load never got there');
      await sleep(5);
    }
    return load.stop();
  };
  return { responder, load, until };
}

test('visits are served, and nothing is lost', async (context) => {
  const port = await serve(context, '127.0.0.1', 0, serves);
  const { responder, load, until } = await setUp(context, port, { ttl: 60, addresses: ['127.0.0.1'] });
  load.setRate(PAGE.host, 150);
  assert.equal(load.rateOf(PAGE.host), 150);
  const counters = await until(() => load.counters().requests.ok >= 100);
  assert.equal(counters.visits.failed, 0);
  assert.deepEqual(counters.requests, {
    sent: counters.visits.started,
    ok: counters.visits.started,
    failed: 0,
  });
  assert.equal(counters.queries.lost, 0);
  assert.equal(counters.queries.answered, responder.queries.length);
  assert.deepEqual([...counters.servedBy], [['127.0.0.1', counters.requests.ok]]);
  assert.equal(counters.requestLatency.count, counters.requests.ok);
  assert.deepEqual([...counters.failures], []);
});

test('no resolver asks twice within a TTL, and each has its own address', async (context) => {
  const port = await serve(context, '127.0.0.1', 0, serves);
  const { responder, load, until } = await setUp(context, port, { ttl: 60, addresses: ['127.0.0.1'] });
  load.setRate(PAGE.host, 150);
  await until(() => load.counters().requests.ok >= 200);
  const sources = responder.queries.map((query) => query.source);
  assert.equal(new Set(sources).size, sources.length);
  const known = new Set(Array.from({ length: 20 }, (_, index) => resolverAddress(index)));
  assert.ok(sources.length > 5 && sources.every((source) => known.has(source)));
});

test('each address is reported once when it is first answered, and once when it first serves', async (context) => {
  const port = await serve(context, '127.0.0.1', 0, serves);
  await serve(context, '127.0.0.2', port, serves);
  const answers: FirstSeen[] = [];
  const clients: FirstSeen[] = [];
  const { load, until } = await setUp(
    context,
    port,
    { ttl: 60, addresses: ['127.0.0.1', '127.0.0.2'] },
    { onFirstAnswer: (seen) => answers.push(seen), onFirstClient: (seen) => clients.push(seen) },
  );
  load.setRate(PAGE.host, 150);
  const { servedBy } = await until(() => load.counters().servedBy.size === 2);
  assert.deepEqual([...servedBy.keys()].sort(), ['127.0.0.1', '127.0.0.2']);
  assert.deepEqual(answers.map((seen) => seen.address).sort(), ['127.0.0.1', '127.0.0.2']);
  assert.deepEqual(clients.map((seen) => seen.address).sort(), ['127.0.0.1', '127.0.0.2']);
  assert.ok(clients.every((seen) => seen.host === PAGE.host && seen.at >= (answers[0]?.at ?? Infinity)));
});

test('a request that fails counts, though the client finds another address that serves', async (context) => {
  const port = await serve(context, '127.0.0.1', 0, serves);
  const { load, until } = await setUp(context, port, { ttl: 60, addresses: ['127.0.0.1', '127.0.0.3'] });
  load.setRate(PAGE.host, 150);
  const counters = await until(
    () => load.counters().requests.failed >= 5 && load.counters().requests.ok >= 5,
  );
  assert.equal(counters.visits.failed, 0);
  assert.equal(counters.requests.sent, counters.requests.ok + counters.requests.failed);
  assert.equal(counters.requests.ok, counters.visits.started);
  const [[reason, count] = ['', 0]] = [...counters.failures];
  assert.match(reason, /^127\.0\.0\.3 failed for index\.html\.demo\.hotzone\.test: ECONNREFUSED/);
  assert.equal(count, counters.requests.failed);
});

const failures: readonly (readonly [string, RequestListener, RegExp])[] = [
  ['a wrong status', (_request, response) => response.writeHead(421).end(BODY), /answered 421/],
  ['a wrong body', (_request, response) => response.end('another page'), /sent a wrong body/],
  [
    'half a body',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write(BODY);
      setImmediate(() => response.destroy());
    },
    /failed for/,
  ],
  ['no response', () => undefined, /UND_ERR_HEADERS_TIMEOUT/],
];
for (const [name, listener, reason] of failures) {
  test(`${name} is a failed request and a failed visit`, async (context) => {
    const port = await serve(context, '127.0.0.1', 0, listener);
    const { load, until } = await setUp(
      context,
      port,
      { ttl: 60, addresses: ['127.0.0.1'] },
      { timeoutMs: 1_000 },
    );
    load.setRate(PAGE.host, 20);
    const counters = await until(() => load.counters().requests.failed >= 3);
    assert.equal(counters.requests.ok, 0);
    assert.equal(counters.visits.failed, counters.visits.started);
    for (const text of counters.failures.keys()) assert.match(text, reason);
  });
}

test('a look-up that fails is a failed visit without a request', async (context) => {
  const { load, until } = await setUp(context, 9, { rcode: 2 });
  load.setRate(PAGE.host, 200);
  const counters = await until(() => load.counters().visits.failed >= 3);
  assert.equal(counters.requests.sent, 0);
  assert.deepEqual([...counters.failures.keys()], [`SERVFAIL for ${PAGE.host}`]);
});

test('nothing comes before a rate is set, after it is set to 0, or after the signal', async (context) => {
  const port = await serve(context, '127.0.0.1', 0, serves);
  const ending = new AbortController();
  const time = { now: 0 };
  const { load } = await setUp(
    context,
    port,
    { ttl: 60, addresses: ['127.0.0.1'] },
    { signal: ending.signal, clock: { now: () => time.now, wall: () => 0 } },
  );
  const pass = (milliseconds: number, rate: number) => {
    time.now += milliseconds;
    load.setRate(PAGE.host, rate);
    return load.counters().visits.started;
  };
  assert.equal(pass(10_000, 100), 0);
  const started = pass(1_000, 0);
  assert.ok(started > 50 && started < 150, String(started));
  assert.equal(pass(10_000, 100), started);
  ending.abort();
  assert.equal(pass(10_000, 0), started);
  assert.equal((await load.stop()).requests.ok, started);
});

test('a host that no page has is a bug', async (context) => {
  const { load } = await setUp(context, 9, { rcode: 2 });
  assert.throws(() => load.setRate('other.test', 1), /other\.test/);
});
