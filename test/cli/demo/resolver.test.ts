import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Resolver } from '../../../src/cli/demo/resolver.js';
import { Tally } from '../../../src/cli/demo/tally.js';
import { type Reply, startDnsResponder } from '../../helpers/dns-responder.js';

const SOURCE = '127.53.9.1';
const HOST = 'index.html.demo.hotzone.test';
const ANSWER: Reply = { ttl: 5, addresses: ['127.0.0.1', '127.0.0.2'] };

async function setUp(
  context: TestContext,
  reply: Parameters<typeof startDnsResponder>[0],
  timeoutMs = 2_000,
) {
  const responder = await startDnsResponder(reply);
  const tally = new Tally();
  const time = { now: 1_000 };
  const resolver = await Resolver.open({
    source: SOURCE,
    server: responder,
    clock: { now: () => time.now, wall: () => 0 },
    random: Math.random,
    tally,
    timeoutMs,
  });
  context.after(async () => {
    resolver.close();
    await responder.close();
  });
  return { responder, resolver, tally, time };
}

test('an answer is kept for exactly its TTL', async (context) => {
  const { responder, resolver, time } = await setUp(context, () => ANSWER);
  assert.deepEqual(await resolver.lookup(HOST), {
    ok: true,
    addresses: ['127.0.0.1', '127.0.0.2'],
    cached: false,
  });
  time.now += 4_999;
  assert.deepEqual(await resolver.lookup(HOST), {
    ok: true,
    addresses: ['127.0.0.1', '127.0.0.2'],
    cached: true,
  });
  assert.equal(responder.queries.length, 1);
  time.now += 1;
  assert.equal((await resolver.lookup(HOST)).ok, true);
  assert.equal(responder.queries.length, 2);
});

test('queries come from the address of the resolver', async (context) => {
  const { responder, resolver } = await setUp(context, () => ANSWER);
  await resolver.lookup(HOST);
  assert.deepEqual(responder.queries, [{ host: HOST, source: SOURCE, transport: 'udp' }]);
});

test('visitors who wait for the same answer share one query, also at TTL 0', async (context) => {
  const { responder, resolver } = await setUp(context, () => ({ ttl: 0, addresses: ['127.0.0.1'] }));
  await Promise.all(Array.from({ length: 20 }, () => resolver.lookup(HOST)));
  assert.equal(responder.queries.length, 1);
  await resolver.lookup(HOST);
  assert.equal(responder.queries.length, 2);
});

test('a truncated answer is asked for again over TCP, from the same address', async (context) => {
  const { responder, resolver, tally } = await setUp(context, (query) =>
    query.transport === 'udp' ? 'truncate' : ANSWER,
  );
  assert.equal((await resolver.lookup(HOST)).ok, true);
  assert.deepEqual(
    responder.queries.map(({ source, transport }) => ({ source, transport })),
    [
      { source: SOURCE, transport: 'udp' },
      { source: SOURCE, transport: 'tcp' },
    ],
  );
  assert.deepEqual(tally.queries, { sent: 2, answered: 2, lost: 0, refused: 0, overTcp: 1 });
});

test('a lost query is counted even when the next one is answered', async (context) => {
  let asked = 0;
  const { resolver, tally } = await setUp(context, () => (++asked === 1 ? 'drop' : ANSWER), 50);
  assert.equal((await resolver.lookup(HOST)).ok, true);
  assert.deepEqual(tally.queries, { sent: 2, answered: 1, lost: 1, refused: 0, overTcp: 0 });
  assert.deepEqual([...tally.read().failures], [[`a query from ${SOURCE} was lost`, 1]]);
});

test('a look-up fails when no query is answered', async (context) => {
  const { resolver, tally } = await setUp(context, () => 'drop', 20);
  assert.deepEqual(await resolver.lookup(HOST), {
    ok: false,
    reason: `no answer for ${HOST} after 3 queries`,
  });
  assert.deepEqual(tally.queries, { sent: 3, answered: 0, lost: 3, refused: 0, overTcp: 0 });
});

test('a query over TCP that is not answered is lost', async (context) => {
  const { resolver, tally } = await setUp(
    context,
    (query) => (query.transport === 'udp' ? 'truncate' : 'drop'),
    30,
  );
  assert.equal((await resolver.lookup(HOST)).ok, false);
  assert.deepEqual(tally.queries, { sent: 6, answered: 3, lost: 3, refused: 0, overTcp: 3 });
});

test('an answer to another question is no answer', async (context) => {
  const { resolver, tally } = await setUp(context, () => 'mismatch', 20);
  assert.equal((await resolver.lookup(HOST)).ok, false);
  assert.equal(tally.queries.lost, 3);
});

test('an answer without an address is refused, not lost, and not kept', async (context) => {
  const replies: Reply[] = [{ rcode: 3 }, { rcode: 5 }, { ttl: 5, addresses: [] }];
  const { resolver, tally } = await setUp(context, () => replies.shift() ?? 'drop');
  assert.deepEqual(await resolver.lookup(HOST), { ok: false, reason: `NXDOMAIN for ${HOST}` });
  assert.deepEqual(await resolver.lookup(HOST), { ok: false, reason: `REFUSED for ${HOST}` });
  assert.deepEqual(await resolver.lookup(HOST), { ok: false, reason: `NODATA for ${HOST}` });
  assert.deepEqual(tally.queries, { sent: 3, answered: 0, lost: 0, refused: 3, overTcp: 0 });
});

test('a server that is gone loses every query', async (context) => {
  const { responder, resolver, tally } = await setUp(context, () => ANSWER, 20);
  await responder.close();
  responder.close = async () => undefined;
  assert.equal((await resolver.lookup(HOST)).ok, false);
  assert.equal(tally.queries.lost, 3);
});
