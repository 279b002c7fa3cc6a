import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Admin, startAdmin } from '../../../src/server/admin/admin.js';
import { EVENT_LIMITS, EventHub } from '../../../src/server/admin/event-hub.js';
import { EventRing } from '../../../src/server/admin/event-ring.js';
import { staticSource } from '../../helpers/admin-source.js';
import { until } from '../../helpers/daemon/until.js';
import { EventClient } from '../../helpers/event-client.js';

interface Scene {
  readonly hub: EventHub;
  readonly admin: Admin;
  readonly cuts: string[];
  listen(headers?: Readonly<Record<string, string>>, isReading?: boolean): Promise<EventClient>;
}

async function start(
  t: TestContext,
  limits: Partial<Record<keyof typeof EVENT_LIMITS, number>> = {},
): Promise<Scene> {
  const cuts: string[] = [];
  const onCut = (client: string): void => void cuts.push(client);
  const hub = new EventHub({ epoch: 'abc', onCut, limits: limits as Partial<typeof EVENT_LIMITS> });
  const admin = await startAdmin({
    listen: { address: '127.0.0.1', port: 0 },
    source: staticSource(),
    events: hub,
  });
  const clients: EventClient[] = [];
  t.after(async () => {
    for (const client of clients) client.close();
    await admin.close();
  });
  const listen: Scene['listen'] = async (headers, isReading) => {
    const client = await EventClient.open(admin.url, headers, isReading);
    clients.push(client);
    return client;
  };
  return { hub, admin, cuts, listen };
}

async function healthOf({ admin }: Scene): Promise<number> {
  return (await fetch(`${admin.url}/healthz`)).status;
}

test('who listens gets what happens, in order, and what is the case now', async (t) => {
  const { hub, listen } = await start(t);
  hub.publish('surge', { page: 'before anybody listened' });
  const client = await listen();
  assert.equal(client.response.headers['content-type'], 'text/event-stream');
  assert.match(String(client.response.headers['content-security-policy']), /default-src 'none'/);
  await until('the greeting', () => client.events[0]);
  hub.publish('surge', { page: '/a\nb\r\u2028 “c”' });
  hub.show('tick', () => ({ n: 1 }));
  hub.publish('surge', { page: '/b' });
  await until('three events', () => client.events.length === 4);
  assert.deepEqual(
    client.events.map(({ id, type }) => [id, type]),
    [
      ['abc-1', 'hello'],
      ['abc-2', 'surge'],
      [null, 'tick'],
      ['abc-3', 'surge'],
    ],
  );
  assert.deepEqual(client.of('surge'), [{ page: '/a\nb\r\u2028 “c”' }, { page: '/b' }]);
});

test('a client that comes back gets what it has missed, once', async (t) => {
  const { hub, listen } = await start(t);
  const first = await listen();
  hub.publish('surge', { n: 1 });
  await until('it knows of the first', () => first.lastId === 'abc-1');
  first.close();
  await until('it is gone', () => hub.listeners === 0);
  for (const n of [2, 3]) hub.publish('surge', { n });
  const second = await listen({ 'last-event-id': 'abc-1' });
  hub.publish('surge', { n: 4 });
  await until('it has caught up', () => second.lastId === 'abc-4');
  assert.deepEqual(second.of('surge'), [{ n: 2 }, { n: 3 }, { n: 4 }]);
  assert.deepEqual(second.of('hello'), [], 'nothing was lost to it');
  const none = await listen({ 'last-event-id': 'abc-4' });
  hub.publish('surge', { n: 5 });
  await until('the next', () => none.lastId === 'abc-5');
  assert.deepEqual(none.of('surge'), [{ n: 5 }]);
});

test('a client that knows too little, or of another daemon, is told to begin anew', async (t) => {
  const { hub, listen } = await start(t, { kept: 3 });
  for (let n = 1; n <= 10; n += 1) hub.publish('surge', { n });
  for (const id of ['abc-6', 'other-9', 'abc-11', 'abc-', 'abc', '-', 'abc-1e1', 'x'.repeat(1_000)]) {
    const client = await listen({ 'last-event-id': id });
    await until('it is greeted', () => client.events[0]);
    assert.deepEqual([client.events[0]?.type, client.lastId], ['hello', 'abc-10'], id);
    client.close();
  }
  const just = await listen({ 'last-event-id': 'abc-7' });
  await until('all that is kept', () => just.of('surge').length === 3);
});

test('what is kept is bounded in number and in bytes', () => {
  const ring = new EventRing('e', 100, 1_000);
  for (let n = 0; n < 500; n += 1) ring.add('surge', { n });
  const kept = ring.after('e-490');
  assert.equal(kept?.length, 10);
  assert.equal(ring.after('e-100'), null);
  ring.add('surge', { text: 'x'.repeat(5_000) });
  assert.equal(ring.after('e-500')?.length, 1, 'the last one is kept, however long it is');
  assert.equal(ring.after('e-499'), null);
});

test('a flood of clients: so many listen, the others are sent away, and who asks is answered', async (t) => {
  const scene = await start(t);
  const { hub, listen } = scene;
  const opened = await Promise.allSettled(Array.from({ length: 300 }, () => listen()));
  const clients = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const accepted = clients.filter(({ status }) => status === 200);
  const refused = clients.filter(({ status }) => status === 503);
  assert.equal(accepted.length, EVENT_LIMITS.clients);
  assert.equal(hub.listeners, EVENT_LIMITS.clients);
  assert.ok(refused.length > 0);
  assert.equal(refused[0]?.response.headers['retry-after'], '5');
  assert.equal(await healthOf(scene), 200);
  hub.publish('surge', { n: 1 });
  await until('each of them hears of it', () => accepted.every((client) => client.of('surge').length === 1));
  accepted[0]?.close();
  await until('there is room for another', () => hub.listeners < EVENT_LIMITS.clients);
  assert.equal((await listen()).status, 200);
});

test('clients that do not read are cut off, and it is said; those that read miss nothing', async (t) => {
  const scene = await start(t, { waitingBytes: 100_000 });
  const { hub, listen, cuts } = scene;
  await Promise.all(Array.from({ length: 5 }, () => listen({}, false)));
  const good = await listen();
  const before = process.memoryUsage().rss;
  let sent = 0;
  await until('the deaf ones are cut off', async () => {
    for (let n = 0; n < 5; n += 1) hub.publish('surge', { text: 'x'.repeat(10_000) });
    sent += 5;
    await until('the good one has read that', () => good.events.length > sent);
    return cuts.length === 5;
  });
  assert.ok(process.memoryUsage().rss - before < 150e6);
  assert.match(cuts[0] ?? '', /^127\.0\.0\.1 port \d+$/);
  await until('the good one has it all', () => good.of('surge').length === sent);
  assert.equal(hub.listeners, 1);
  assert.equal(await healthOf(scene), 200);
});

test('a slow client that reads in the end reads why it was cut off', async (t) => {
  const { hub, listen, cuts } = await start(t, { waitingBytes: 50_000 });
  const client = await listen({}, false);
  await until('it is cut off', async () => {
    for (let n = 0; n < 20; n += 1) hub.publish('surge', { text: 'x'.repeat(10_000) });
    await setTimeout(1);
    return cuts.length === 1;
  });
  let text = '';
  client.response.on('data', (chunk) => {
    text += chunk.toString().slice(-1_000);
  });
  await client.ended;
  assert.match(text, /event: cut\ndata: \{"why":"this client reads more slowly than things happen"/);
});

test('ticks are not made for nobody, nor heaped up for a slow client', async (t) => {
  const { hub, listen } = await start(t, { tickBytes: 10_000 });
  hub.show('tick', () => assert.fail('nobody listens'));
  const deaf = await listen({}, false);
  for (let n = 0; n < 2_000; n += 1) hub.show('tick', () => ({ text: 'x'.repeat(10_000) }));
  await setTimeout(50);
  assert.equal(hub.listeners, 1, 'it was not cut off for what is out of date');
  deaf.close();
});

test('a silent stream has heartbeats, which are no events', async (t) => {
  const { listen, hub } = await start(t, { heartbeatMs: 20 });
  const client = await listen();
  let text = '';
  client.response.on('data', (chunk) => {
    text += chunk.toString();
  });
  await until('heartbeats', () => (text.match(/^: /gm) ?? []).length > 3);
  assert.equal(client.events.length, 1);
  assert.equal(hub.listeners, 1);
});

test('a client that has stopped to read is given up after some heartbeats', async (t) => {
  const { hub, listen, cuts } = await start(t, { heartbeatMs: 20, waitingBytes: 1e9, tickBytes: 1e9 });
  await listen({}, false);
  for (let n = 0; n < 1_500; n += 1) hub.publish('surge', { text: 'x'.repeat(10_000) });
  await until('it is cut off', () => cuts.length === 1);
  assert.equal(hub.listeners, 0);
});

test('a page of another site cannot listen, and HEAD asks for the headers alone', async (t) => {
  const { admin, hub, listen } = await start(t);
  assert.equal((await listen({ origin: 'http://evil.example' })).status, 403);
  assert.equal((await listen({ host: 'evil.example' })).status, 421);
  const head = await fetch(`${admin.url}/api/v1/events`, { method: 'HEAD' });
  assert.equal(head.headers.get('content-type'), 'text/event-stream');
  assert.equal((await fetch(`${admin.url}/api/v1/events`, { method: 'POST' })).status, 405);
  assert.equal(hub.listeners, 0);
});

test('closing the server ends the streams', async (t) => {
  const { admin, listen } = await start(t);
  const client = await listen();
  await admin.close();
  await client.ended;
});
