import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import { BODY, bundleOf } from '../helpers/bundle.js';
import { ACK, frame, ICMP, packet, SYN, segment, TCP, UDP } from '../helpers/frames.js';
import { skipWithoutTap, testInNamespace } from '../helpers/network-namespace.js';
import { clientOf, digestOf, HOST, pageOf } from '../helpers/page-client.js';
import { type PageNetwork, SERVER, SERVER_MAC, setUpPageNetwork } from '../helpers/page-network.js';
import { type PageVm, skipWithoutQemu } from '../helpers/page-vm.js';
import { seededRandom } from '../helpers/random.js';

const REQUEST = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;
const FLOOD_MS = 4_000;
/** As limits.rs has it. */
const HANDSHAKE_TIMEOUT_MS = 5_000;
const MIB = 2 ** 20;

const client = clientOf(80, SERVER);
const served = async (): Promise<void> => {
  const answer = await client.get({ headers: { connection: 'close' } });
  assert.deepEqual([answer.status, answer.body.toString()], [200, BODY]);
};

/** Waits until everybody is gone. */
async function untilNobody(): Promise<void> {
  while ((await client.counters()).openConnections !== 0) await sleep(100);
}

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(80, SERVER, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** What comes back until the end; a reset is an end like any other. */
async function restOf(socket: Socket): Promise<string> {
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return received;
}

function testWithSmallPage({ cable, start }: PageNetwork): void {
  let vm: PageVm;
  before(async () => {
    vm = await start(encodeBundle(bundleOf()));
  });
  after(() => vm.kill());

  /** An IPv4 packet to the machine. */
  const send = (source: string, protocol: number, payload: Uint8Array, part = {}): void =>
    cable.send(frame(SERVER_MAC, packet({ source, destination: SERVER, protocol, payload, ...part })));
  const random = seededRandom(2015);
  const below = (limit: number): number => Math.floor(random() * limit);

  for (const [where, sourceOf] of [
    ['from its own network', () => `10.9.0.${10 + below(240)}`],
    ['from everywhere', () => `198.51.100.${below(256)}`],
  ] as const)
    test(`answers clients during a flood of first packets ${where}`, async (t) => {
      let isOver = false;
      let sent = 0;
      const flood = async (): Promise<void> => {
        while (!isOver) {
          for (let count = 0; count < 8; count += 1, sent += 1) {
            const ends = { source: sourceOf(), destination: SERVER, port: 1_024 + below(64_000) };
            send(ends.source, TCP, segment({ ...ends, flags: SYN, sequence: below(2 ** 32) }));
          }
          await sleep(2);
        }
      };
      const flooding = flood();
      const end = performance.now() + FLOOD_MS;
      let answered = 0;
      let slowest = 0;
      for (; performance.now() < end; answered += 1) {
        const from = performance.now();
        await served();
        slowest = Math.max(slowest, performance.now() - from);
      }
      isOver = true;
      await flooding;
      remark(t, `${answered} answers among ${sent} first packets`, slowest, 'the slowest');
      assert.ok(answered > 20, `${answered} answers`);
    });

  test('gives up half-open connections', async () => {
    await sleep(HANDSHAKE_TIMEOUT_MS + 1_000);
    const { drops = 0 } = await client.counters();
    assert.ok(drops > 0);
    await sleep(1_000);
    const after = await client.counters();
    assert.deepEqual([after.drops, after.openConnections], [drops, 0]);
    await served();
  });

  test('answers 10,000 short connections one after the other, after that flood', async (t) => {
    const before = await client.counters();
    const from = performance.now();
    for (let count = 0; count < 10_000; count += 1) {
      const socket = await open();
      const answer = restOf(socket);
      socket.write(REQUEST);
      assert.ok((await answer).endsWith(BODY));
    }
    remark(t, '10,000 short connections', performance.now() - from);
    const after = await client.counters();
    assert.equal((after.requests ?? 0) - (before.requests ?? 0), 10_000);
    assert.deepEqual([after.drops, after.openConnections], [before.drops, 0]);
  });

  test('drops fragments, whole, half and overlapping, and serves on', async () => {
    const before = await client.counters();
    const ends = { source: '10.9.0.77', destination: SERVER, port: 4_000 };
    const first = segment({ ...ends, flags: SYN, payload: randomBytes(1_000) });
    for (let round = 0; round < 500; round += 1) {
      const identification = round;
      const protocol = [TCP, UDP, ICMP][round % 3] ?? TCP;
      // A first fragment too short for its header (RFC 1858), one that overlaps it, and one beyond the longest packet.
      send(ends.source, protocol, first.subarray(0, 8), { identification, hasMore: true });
      send(ends.source, protocol, first.subarray(0, 400), { identification, hasMore: true });
      send(ends.source, protocol, first.subarray(8, 900), { identification, offset: 8 });
      send(ends.source, protocol, first, { identification, offset: 65_528 });
    }
    for (let round = 0; round < 10; round += 1) await served();
    const after = await client.counters();
    assert.deepEqual([after.drops, after.openConnections], [before.drops, 0]);
  });

  test('ignores segments of no connection, and noise', async () => {
    const ends = { source: '10.9.0.78', destination: SERVER };
    for (let round = 0; round < 2_000; round += 1) {
      const [port, sequence, acknowledged] = [below(65_536), below(2 ** 32), below(2 ** 32)];
      const flags = round % 2 === 0 ? ACK : below(256) & ~SYN;
      send(
        ends.source,
        TCP,
        segment({ ...ends, port, flags, sequence, acknowledged, payload: randomBytes(below(99)) }),
      );
      cable.send(frame(SERVER_MAC, randomBytes(below(1_500))));
      cable.send(randomBytes(below(60)));
    }
    for (let round = 0; round < 10; round += 1) await served();
  });

  test('refuses requests of every malformed kind, whole and in pieces', async () => {
    const get = (lines: string): string => `GET / HTTP/1.1\r\nHost: ${HOST}\r\n${lines}\r\n`;
    const rows: readonly (readonly [what: string, request: string, status: number])[] = [
      ['no request line', '\r\n\r\n\r\nHost: a\r\n\r\n', 400],
      ['no version', `GET /\r\nHost: ${HOST}\r\n\r\n`, 400],
      ['an unknown version', `GET / HTTP/2.0\r\nHost: ${HOST}\r\n\r\n`, 505],
      ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
      ['a lower-case version', `GET / http/1.1\r\nHost: ${HOST}\r\n\r\n`, 400],
      ['two spaces', `GET  / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 400],
      ['a tab for a space', `GET\t/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 400],
      ['a method that is no token', `G(T / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 400],
      ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
      ['a null byte in the target', `GET /\0 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 400],
      ['no host', 'GET / HTTP/1.1\r\nA: b\r\n\r\n', 400],
      ['two hosts', get('Host: other\r\n'), 400],
      ['a space before the colon', get('A : b\r\n'), 400],
      ['no colon', get('nonsense\r\n'), 400],
      ['an empty name', get(': b\r\n'), 400],
      ['a folded line', get('A: b\r\n c\r\n'), 400],
      ['a null byte in a value', get('A: \0\r\n'), 400],
      ['a carriage return in a value', get('A: b\rc\r\n'), 400],
      ['a length that is no number', get('Content-Length: x\r\n'), 400],
      ['a negative length', get('Content-Length: -1\r\n'), 400],
      ['two lengths', get('Content-Length: 1\r\nContent-Length: 2\r\n'), 400],
      ['a length and chunks', get('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'), 400],
      ['too long a head', get(`A: ${'b'.repeat(17_000)}\r\n`), 431],
      ['too many fields', get('A: b\r\n'.repeat(3_000)), 431],
      ['another host', get('').replace(HOST, 'other'), 421],
      ['an unknown method', get('').replace('GET', 'BREW'), 405],
    ];
    for (const [what, request, status] of rows)
      for (const pieces of [1, 7]) {
        const socket = await open();
        const answer = restOf(socket);
        const step = Math.ceil(request.length / pieces);
        for (let at = 0; at < request.length; at += step) {
          socket.write(request.slice(at, at + step), 'latin1');
          if (pieces > 1) await sleep(2);
        }
        socket.end();
        assert.equal(Number((await answer).split(' ')[1]), status, `${what}: ${await answer}`);
      }
    await served();
  });
}

function testWithLargePage({ start }: PageNetwork): void {
  const body = randomBytes(4 * MIB);
  let vm: PageVm;
  before(async () => {
    vm = await start(pageOf(body));
  });
  after(() => vm.kill());

  test('survives resets in the middle of a transfer', async () => {
    for (let round = 0; round < 100; round += 1) {
      const sockets = await Promise.all(Array.from({ length: 4 }, open));
      await Promise.all(
        sockets.map(async (socket) => {
          socket.write(REQUEST);
          await once(socket, 'data');
          socket.resetAndDestroy();
        }),
      );
    }
    await untilNobody();
    assert.equal(digestOf((await client.get()).body), digestOf(body));
    assert.equal((await client.counters()).drops, 0);
  });

  test('serves while others hold connections half-way', async (t) => {
    const silent = await Promise.all(Array.from({ length: 30 }, open));
    const beginners = await Promise.all(Array.from({ length: 30 }, open));
    const gluttons = await Promise.all(Array.from({ length: 20 }, open));
    const endings = [...silent, ...beginners].map(restOf);
    for (const socket of beginners) socket.write('GET / HT');
    // Nobody reads what comes.
    for (const socket of gluttons) socket.write(REQUEST);
    const from = performance.now();
    for (let round = 0; round < 3; round += 1)
      assert.equal(digestOf((await client.get()).body), digestOf(body));
    remark(t, 'three transfers beside 80 connections that are held', performance.now() - from);
    // Silence before a request ends a connection after 5 s, within one after 10 s with 408.
    const answers = await Promise.all(endings);
    assert.ok(answers.slice(0, 30).every((answer) => answer === ''));
    assert.ok(answers.slice(30).every((answer) => answer.startsWith('HTTP/1.1 408 ')));
    for (const socket of gluttons) socket.destroy();
    await untilNobody();
  });
}

function testWithFewPlaces({ start }: PageNetwork): void {
  const PLACES = 100;
  let vm: PageVm;
  before(async () => {
    vm = await start(encodeBundle(bundleOf()), `hotzone.max_connections=${PLACES}`);
  });
  after(() => vm.kill());

  test('answers or turns away each of 1,000 clients at once, and counts them', async (t) => {
    const from = performance.now();
    const ask = async (): Promise<string> => {
      const socket = connect(80, SERVER);
      const answer = restOf(socket);
      await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), answer]);
      socket.write(REQUEST);
      return answer;
    };
    const answers = await Promise.all(Array.from({ length: 1_000 }, ask));
    const count = (start: string, end: string): number =>
      answers.filter((answer) => answer.startsWith(start) && answer.endsWith(end)).length;
    const [ok, refused] = [count('HTTP/1.1 200 ', BODY), count('HTTP/1.1 503 ', '')];
    const silent = answers.filter((answer) => answer === '').length;
    const what = `1,000 clients, ${ok} answered, ${refused} refused and ${silent} cut off,`;
    remark(t, what, performance.now() - from);
    assert.equal(ok + refused + silent, 1_000);
    assert.ok(ok >= PLACES, `${ok} answered`);
    const { requests, drops = 0 } = await client.counters();
    assert.equal(requests, ok);
    assert.ok(drops > 0);
    await untilNobody();
    await served();
  });
}

function remark(t: TestContext, what: string, milliseconds: number, whose = ''): void {
  t.diagnostic(`${what} took ${Math.round(milliseconds)} ms ${whose}`.trim());
}

/** Clients that mean no good, or have bad luck, and the page kernel as a whole machine. */
await testInNamespace(
  'the page kernel among strangers',
  import.meta.url,
  skipWithoutQemu || skipWithoutTap,
  async () => {
    const network = await setUpPageNetwork();
    describe('with a small page', () => testWithSmallPage(network));
    describe('with a large page', () => testWithLargePage(network));
    describe('with few places', () => testWithFewPlaces(network));
  },
);
