import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APEX, encodeQuery, recordsOf } from '../../dns/ask.js';
import { addressOf, frame, openTcp, startServer } from './harness.js';

function query(id: number, name = 'page.example.com', type = 'A'): Buffer {
  return encodeQuery({ name, type }, { id });
}

test('many queries in one segment are all answered', async (t) => {
  const client = await openTcp(t, addressOf(await startServer(t)));
  const ids = Array.from({ length: 200 }, (_, i) => i + 1);
  client.socket.write(Buffer.concat(ids.map((id) => frame(query(id)))));
  const answered = new Set<number>();
  for (const _ of ids) answered.add((await client.receive()).readUInt16BE(0));
  assert.deepEqual(
    [...answered].sort((a, b) => a - b),
    ids,
  );
});

test('a query that comes octet by octet is answered', async (t) => {
  const client = await openTcp(t, addressOf(await startServer(t)));
  client.socket.setNoDelay(true);
  for (const octet of frame(query(5)))
    await new Promise((sent) => client.socket.write(Buffer.of(octet), sent));
  assert.equal((await client.receive()).readUInt16BE(0), 5);
});

test('a client that closes its side after asking still gets its answer', async (t) => {
  const client = await openTcp(t, addressOf(await startServer(t)));
  client.socket.end(frame(query(6)));
  assert.equal((await client.receive()).readUInt16BE(0), 6);
  await client.closed();
});

test('an idle connection is closed, and octets that make no query do not keep it', async (t) => {
  const harness = await startServer(t, { tcp: { idleTimeoutMs: 300 } });
  const silent = await openTcp(t, addressOf(harness));
  const dripping = await openTcp(t, addressOf(harness));
  const lengthOnly = await openTcp(t, addressOf(harness));
  lengthOnly.socket.write(Buffer.of(0x0f, 0xff));
  dripping.socket.write(Buffer.of(0x0f, 0xff));
  const drip = setInterval(() => dripping.socket.write(Buffer.of(0)), 20);
  t.after(() => clearInterval(drip));
  await Promise.all([silent.closed(), dripping.closed(), lengthOnly.closed()]);
});

test('a connection that is used stays open past the idle time-out', async (t) => {
  const client = await openTcp(t, addressOf(await startServer(t, { tcp: { idleTimeoutMs: 500 } })));
  const end = Date.now() + 1_200;
  for (let id = 1; Date.now() < end; id += 1) {
    assert.equal((await client.ask(query(id))).readUInt16BE(0), id);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(client.socket.destroyed, false);
});

test('a message that is too long to be a query ends the connection', async (t) => {
  const client = await openTcp(t, addressOf(await startServer(t)));
  client.socket.write(Buffer.of(0xff, 0xff));
  await client.closed();
});

test('a response and a short message get no reply, and the next query does', async (t) => {
  const client = await openTcp(t, addressOf(await startServer(t)));
  const response = query(1);
  response[2] = 0x80;
  client.socket.write(
    Buffer.concat([frame(response), frame(Buffer.alloc(0)), frame(Buffer.alloc(3)), frame(query(2))]),
  );
  assert.equal((await client.receive()).readUInt16BE(0), 2);
});

test('with too many connections the one that is idle longest gives way', async (t) => {
  const harness = await startServer(t, { tcp: { maxConnections: 3 } });
  const open = () => openTcp(t, addressOf(harness));
  const [first, second, third] = [await open(), await open(), await open()];
  await second.ask(query(2));
  await third.ask(query(3));
  await first.ask(query(1));
  const fourth = await open();
  await second.closed();
  for (const [i, client] of [first, third, fourth].entries()) {
    assert.equal((await client.ask(query(i))).readUInt16BE(0), i);
  }
});

test('one source cannot take the connections of the others', async (t) => {
  const harness = await startServer(t, { tcp: { maxConnections: 10, maxConnectionsPerSource: 2 } });
  const other = await openTcp(t, addressOf(harness), '127.0.0.3');
  const [first, second] = [await openTcp(t, addressOf(harness)), await openTcp(t, addressOf(harness))];
  await second.ask(query(1));
  const third = await openTcp(t, addressOf(harness));
  await first.closed();
  for (const client of [other, second, third]) await client.ask(query(2));
});

test('a client that does not read is not answered beyond what its connection holds', async (t) => {
  const text = Array.from({ length: 100 }, () => `"${'x'.repeat(200)}"`).join(' ');
  const harness = await startServer(t, {
    records: recordsOf(`${APEX}big TXT ${text}\n`),
    tcp: { idleTimeoutMs: 1_000 },
  });
  const client = await openTcp(t, addressOf(harness));
  client.socket.pause();
  const many = Buffer.concat(
    Array.from({ length: 2_000 }, (_, i) => frame(query(i, 'big.example.com', 'TXT'))),
  );
  client.socket.write(many);
  await harness.nextBatch();
  const asked = async (): Promise<number> => {
    await harness.nextBatch();
    return harness.server.counters().responses.reduce((sum, { count }) => sum + count, 0);
  };
  let before = -1;
  let now = await asked();
  while (now === 0 || now !== before) [before, now] = [now, await asked()];
  assert.ok(now > 0 && now < 2_000, `${now} answers of 20 kB each were made`);
  client.socket.resume();
  for (let i = 0; i < 2_000; i += 1) assert.equal((await client.receive()).readUInt16BE(0), i);
});
