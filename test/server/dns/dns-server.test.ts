import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import packet from 'dns-packet';
import { startDnsServer, ZoneError } from '../../../src/server/dns/dns-server.js';
import { APEX, DOMAIN, decode, encodeQuery, lines, pageOf, recordsOf, withEdns } from '../../dns/ask.js';
import { addressOf, openTcp, openUdp, startServer } from './harness.js';

const QUERY = encodeQuery({ name: 'page.example.com', type: 'A' });
const GENERATIONS_SEEN = 20;
/** What fits into two octets of an address. */
const GENERATIONS_MAX = 65_536;
const ANSWER = ['page.example.com A 192.0.2.80'];

test('a page is answered over UDP and TCP, IPv4 and IPv6, on the same port', async (t) => {
  const harness = await startServer(t);
  assert.deepEqual(
    harness.server.addresses.map(({ address }) => address),
    ['127.0.0.1', '::1'],
  );
  for (const index of [0, 1]) {
    const udp = await openUdp(t, addressOf(harness, index));
    assert.deepEqual(lines(decode(await udp.ask(QUERY)).answers), ANSWER);
    const tcp = await openTcp(t, addressOf(harness, index));
    assert.deepEqual(lines(decode(await tcp.ask(QUERY)).answers), ANSWER);
  }
});

test('a publication is answered from as soon as its promise resolves', async (t) => {
  const harness = await startServer(t);
  const udp = await openUdp(t, addressOf(harness));
  for (let serial = 3; serial < 30; serial += 1) {
    const address = `10.0.0.${serial}`;
    await harness.server.publish({
      serial,
      pages: [pageOf({ addresses: [{ address, weight: 1 }] })],
      removed: [],
    });
    assert.deepEqual(lines(decode(await udp.ask(QUERY)).answers), [`page.example.com A ${address}`]);
  }
});

test('no answer under load has half of a publication', async (t) => {
  const harness = await startServer(t);
  const udp = await openUdp(t, addressOf(harness));
  // Every generation has three addresses of its own, and a serial that is the generation's number.
  const publish = (generation: number): Promise<void> =>
    harness.server.publish({
      serial: generation,
      pages: [
        pageOf({
          addresses: [1, 2, 3].map((i) => ({
            address: `10.${generation >> 8}.${generation & 0xff}.${i}`,
            weight: 1,
          })),
        }),
      ],
      removed: [],
    });
  await publish(1);
  const seen = new Set<number>();
  const isEnough = (): boolean => seen.size >= GENERATIONS_SEEN;
  // Publishing goes on until answers of so many generations were seen, however slow either side is.
  const publishing = (async () => {
    let generation = 2;
    for (; !isEnough() && generation < GENERATIONS_MAX; generation += 1) await publish(generation);
    assert.ok(isEnough(), `answers of only ${seen.size} of ${generation} generations were seen`);
  })();
  let last = 0;
  while (!isEnough()) {
    const { answers } = decode(await udp.ask(QUERY));
    const generations = new Set(
      lines(answers).map((line) => {
        const [, , , high, low] = line.split('.').map(Number);
        return ((high ?? 0) << 8) | (low ?? 0);
      }),
    );
    assert.equal(answers?.length, 3);
    assert.equal(generations.size, 1, lines(answers).join());
    const [generation = 0] = generations;
    assert.ok(generation >= last, 'an older answer after a newer one');
    last = generation;
    seen.add(generation);
  }
  await publishing;
});

test('a publication that cannot be is refused, and the answers stay', async (t) => {
  const harness = await startServer(t);
  const bad = pageOf({ host: 'page.example.org' });
  await assert.rejects(
    harness.server.publish({ serial: 3, pages: [bad], removed: ['page.example.com'] }),
    (error) => {
      assert.ok(error instanceof ZoneError);
      assert.match(error.message, /page\.example\.org: not within the zone example\.com\./);
      return true;
    },
  );
  const udp = await openUdp(t, addressOf(harness));
  assert.deepEqual(lines(decode(await udp.ask(QUERY)).answers), ANSWER);
});

test('static records are exchanged, and refused where a page has the name', async (t) => {
  const harness = await startServer(t);
  const udp = await openUdp(t, addressOf(harness));
  await harness.server.replaceRecords(recordsOf(`${APEX}static A 192.0.2.7\n`));
  const question = { name: 'static.example.com', type: 'A' };
  assert.deepEqual(lines(decode(await udp.ask(encodeQuery(question))).answers), [
    'static.example.com A 192.0.2.7',
  ]);
  await assert.rejects(harness.server.replaceRecords(recordsOf(`${APEX}page A 192.0.2.7\n`)), ZoneError);
  assert.deepEqual(lines(decode(await udp.ask(QUERY)).answers), ANSWER);
});

test('batches count queries by the cache that asked, whatever subnet it names, and come when nothing is asked', async (t) => {
  const harness = await startServer(t);
  const quiet = await harness.nextBatch();
  assert.deepEqual([quiet.sources, quiet.rest], [[], []]);
  const udp = await openUdp(t, addressOf(harness));
  await udp.ask(encodeQuery({ name: 'PAGE.example.com', type: 'A' }));
  await udp.ask(encodeQuery({ name: 'page.example.com', type: 'AAAA' }));
  const option = { code: 'CLIENT_SUBNET', ip: '198.51.100.0', sourcePrefixLength: 24, scopePrefixLength: 0 };
  await udp.ask(
    encodeQuery({ name: 'page.example.com', type: 'A' }, { ...withEdns({ options: [option] }), id: 7 }),
  );
  await udp.ask(encodeQuery({ name: 'nothing.example.com', type: 'A' }));
  await harness.nextBatch();
  await harness.nextBatch();
  const counted = harness.batches.flatMap(({ sources }) => sources);
  const sums = new Map<string, number>();
  for (const { host, source, type, queries } of counted) {
    const key = `${host} ${source} ${type}`;
    sums.set(key, (sums.get(key) ?? 0) + queries);
  }
  assert.deepEqual([...sums].sort(), [
    ['page.example.com 127.0.0.1 A', 2],
    ['page.example.com 127.0.0.1 AAAA', 1],
  ]);
  for (const { lastQuery, validUntil, type } of counted) {
    assert.equal(Math.round(validUntil - lastQuery), type === 'A' ? 30_000 : 10_000);
  }
  const edges = harness.batches.map(({ from, to }) => [from, to]);
  for (const [i, [from]] of edges.entries())
    if (i > 0) assert.equal(from, edges[i - 1]?.[1], 'no gap between batches');
});

test('counters tell what was answered', async (t) => {
  const harness = await startServer(t);
  const udp = await openUdp(t, addressOf(harness));
  const tcp = await openTcp(t, addressOf(harness, 1));
  await udp.ask(QUERY);
  await tcp.ask(encodeQuery({ name: 'nothing.example.com', type: 'DS' }));
  udp.send(Buffer.alloc(5));
  udp.send(Buffer.from('12348000000000000000000000', 'hex'));
  await udp.ask(QUERY);
  await harness.nextBatch();
  await harness.nextBatch();
  const counters = harness.server.counters();
  assert.deepEqual(counters.requests, [
    { proto: 'udp', family: 'ipv4', qtype: 'A', count: 2 },
    { proto: 'tcp', family: 'ipv6', qtype: 'other', count: 1 },
  ]);
  assert.deepEqual(counters.responses, [
    { rcode: 'NOERROR', source: 'origin', count: 2 },
    { rcode: 'NXDOMAIN', source: 'none', count: 1 },
  ]);
  const dropped = Object.fromEntries(counters.dropped.map(({ reason, count }) => [reason, count]));
  assert.deepEqual(dropped, { response: 1, short: 1, source: 0, overload: 0 });
  assert.equal(counters.duration.count, 3);
  assert.equal(counters.tcpConnections, 1);
});

test('a flood of random names grows neither the batches nor the counters', async (t) => {
  const harness = await startServer(t);
  const udp = await openUdp(t, addressOf(harness));
  for (let i = 0; i < 3_000; i += 1) {
    const reply = await udp.ask(encodeQuery({ name: `r${i}.${i % 11}.example.com`, type: 'A' }));
    assert.equal(reply.readUInt16BE(2) & 0xf, 3);
  }
  await harness.nextBatch();
  assert.deepEqual(
    harness.batches.flatMap(({ sources, rest }) => [...sources, ...rest]),
    [],
  );
  assert.ok(harness.server.counters().requests.length <= 1);
});

test('malformed messages never take the server down', async (t) => {
  const harness = await startServer(t);
  const udp = await openUdp(t, addressOf(harness));
  const edns = encodeQuery({ name: 'page.example.com', type: 'A' }, withEdns());
  for (let length = 0; length < edns.length; length += 1) udp.send(edns.subarray(0, length));
  for (let at = 0; at < edns.length; at += 1) {
    const changed = Buffer.from(edns);
    changed[at] = 0xff;
    udp.send(changed);
  }
  udp.send(Buffer.from('12340000ffffffffffffffff', 'hex'));
  udp.send(Buffer.alloc(4_096, 0xc0));
  const last = encodeQuery({ name: 'page.example.com', type: 'A' }, { id: 0x4321 });
  udp.send(last);
  let reply = await udp.receive();
  while (reply.readUInt16BE(0) !== 0x4321) reply = await udp.receive();
  assert.deepEqual(lines(decode(reply).answers), ANSWER);
});

test('a port in use is said so, with what to do', async (t) => {
  const harness = await startServer(t);
  const taken = addressOf(harness);
  const options = {
    domain: DOMAIN,
    records: recordsOf(APEX),
    onBatch: () => undefined,
    onFatal: () => undefined,
  };
  await assert.rejects(startDnsServer({ ...options, listen: [taken] }), {
    message: `listen tcp 127.0.0.1:${taken.port}: address already in use; stop what listens there (\`ss -lnptu\` shows it), or choose another port`,
  });
  const holder = createSocket('udp6');
  t.after(() => holder.close());
  holder.bind(0, '::1');
  await once(holder, 'listening');
  const { port } = holder.address();
  await assert.rejects(startDnsServer({ ...options, listen: [{ address: '::1', port }] }), {
    message: `listen udp [::1]:${port}: address already in use; stop what listens there (\`ss -lnptu\` shows it), or choose another port`,
  });
  await assert.rejects(startDnsServer({ ...options, listen: [{ address: '192.0.2.1', port: 0 }] }), {
    message: /^listen tcp 192\.0\.2\.1:0: address not available; no interface/,
  });
});

test('records that make no zone are reported before anything listens', async () => {
  await assert.rejects(
    startDnsServer({
      listen: [{ address: '127.0.0.1', port: 0 }],
      domain: DOMAIN,
      records: [],
      onBatch: () => undefined,
      onFatal: () => undefined,
    }),
    (error) => error instanceof ZoneError && error.problems.length === 2,
  );
});

test('closing gives the last counts, frees the port and ends every wait', async (t) => {
  const harness = await startServer(t, { batchIntervalMs: 60_000 });
  const to = addressOf(harness);
  const udp = await openUdp(t, to);
  const tcp = await openTcp(t, to);
  await udp.ask(QUERY);
  await harness.server.close();
  await tcp.closed();
  assert.equal(harness.batches.flatMap(({ sources }) => sources).length, 1);
  await assert.rejects(harness.server.publish({ serial: 9, pages: [], removed: [] }), /closed/);
  await harness.server.close();
  const again = await startServer(t, { listen: [to] });
  assert.equal(again.server.addresses[0]?.port, to.port);
});

test('truncated over UDP, the answer comes whole over TCP', async (t) => {
  const text = Array.from({ length: 10 }, () => `"${'x'.repeat(200)}"`).join(' ');
  const harness = await startServer(t, { records: recordsOf(`${APEX}big TXT ${text}\n`) });
  const query = encodeQuery({ name: 'big.example.com', type: 'TXT' }, withEdns());
  const udp = await openUdp(t, addressOf(harness));
  const truncated = decode(await udp.ask(query));
  assert.equal(truncated.flag_tc, true);
  const tcp = await openTcp(t, addressOf(harness));
  const whole = await tcp.ask(query);
  assert.ok(whole.length > 2_000);
  assert.equal(packet.decode(whole).answers?.length, 1);
});
