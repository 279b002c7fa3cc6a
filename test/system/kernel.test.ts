import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import { BODY, bundleOf } from '../helpers/bundle.js';
import { RawClient } from '../helpers/http.js';
import { clientOf, digestOf, HOST, type PageClient, pageOf } from '../helpers/page-client.js';
import { expectedBanner, MACHINES, PageVm, skipWithoutQemu, TOKEN } from '../helpers/page-vm.js';
import { skipWithout } from '../helpers/program.js';

const MIB = 2 ** 20;

const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
after(() => rm(folder, { recursive: true }));

async function bundleFile(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

for (const machine of MACHINES) {
  describe(`the page kernel on ${machine}`, { skip: skipWithoutQemu }, () => {
    let vm: PageVm;
    let client: PageClient;
    before(async () => {
      vm = await PageVm.start({ machine, bundleFile: await bundleFile(machine, encodeBundle(bundleOf())) });
      await vm.serving();
      client = clientOf(vm.port);
    });
    after(() => vm.kill());

    test('says first what it is, and then whom it serves where', () => {
      assert.equal(vm.console.split('\n')[0], expectedBanner());
      assert.match(vm.console, new RegExp(`^serving ${HOST} on 10\\.0\\.2\\.15:80$`, 'm'));
      assert.match(vm.console, /^memory: \d+ KiB, of which \d+ KiB are free/m);
    });

    test('answers GET, HEAD, ranges, conditions and encodings', async () => {
      const whole = await client.get();
      assert.deepEqual([whole.status, whole.body.toString()], [200, BODY]);
      assert.equal(whole.headers.date, undefined);
      const head = await client.get({ method: 'HEAD' });
      assert.deepEqual([head.status, head.headers, head.body.length], [200, whole.headers, 0]);
      const part = await client.get({ headers: { range: 'bytes=3-7' } });
      assert.deepEqual([part.status, part.body.toString()], [206, 'hello']);
      assert.equal(part.headers['content-range'], `bytes 3-7/${BODY.length}`);
      assert.equal((await client.get({ headers: { range: 'bytes=9999-' } })).status, 416);
      const tag = whole.headers.etag ?? '';
      assert.equal((await client.get({ headers: { 'if-none-match': tag } })).status, 304);
      const since = whole.headers['last-modified'] ?? '';
      assert.equal((await client.get({ headers: { 'if-modified-since': since } })).status, 304);
      const unlike = await client.get({ headers: { range: 'bytes=0-1', 'if-range': '"other"' } });
      assert.equal(unlike.status, 200);
      const packed = await client.get({ headers: { 'accept-encoding': 'gzip' } });
      assert.deepEqual(
        [packed.headers['content-encoding'], gunzipSync(packed.body).toString()],
        ['gzip', BODY],
      );
    });

    test('refuses other hosts, paths and methods, and what cannot be read', async () => {
      assert.equal((await client.get({ host: 'other.example.org' })).status, 421);
      assert.equal((await client.get({ target: '/other' })).status, 404);
      assert.equal((await client.get({ method: 'DELETE' })).status, 405);
      assert.equal((await client.get({ headers: { a: 'b'.repeat(17_000) } })).status, 431);
      for (const request of [
        'nonsense\r\n\r\n',
        'GET / HTTP/1.1\r\n\r\n',
        `GET / HTTP/1.1\r\nHost : ${HOST}\r\n\r\n`,
      ]) {
        const raw = new RawClient(vm.port);
        raw.send(request);
        await raw.until(/^HTTP\/1\.1 400 Bad Request\r\n/);
        raw.socket.destroy();
      }
    });

    test('keeps connections alive and answers pipelined requests in order', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let count = 0; count < 20; count += 1) assert.equal((await client.get({ agent })).status, 200);
      agent.destroy();
      const raw = new RawClient(vm.port);
      const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\n${more}\r\n`;
      raw.send(`${get('/')}${get('/other')}${get('/', 'Connection: close\r\n')}`);
      await raw.closed;
      assert.deepEqual(raw.received.match(/^HTTP\/1\.1 \d+/gm), [
        'HTTP/1.1 200',
        'HTTP/1.1 404',
        'HTTP/1.1 200',
      ]);
    });

    test('outlives many short connections', async () => {
      for (let count = 0; count < 200; count += 1) {
        const answer = await client.get({ headers: { connection: 'close' } });
        assert.equal(answer.body.length, BODY.length);
      }
    });

    test('tells its counts only who has the token, and does not count the telling', async () => {
      const before = await client.counters();
      const again = await client.counters();
      assert.deepEqual({ ...again, uptime: 0 }, { ...before, uptime: 0 });
      await client.get();
      await client.get({ target: '/other' });
      const after = await client.counters();
      assert.equal((after.requests ?? 0) - (before.requests ?? 0), 1);
      for (const token of ['', 'wrong', `${TOKEN}x`]) {
        const { status, text } = await client.control('GET', 'counters', token);
        assert.deepEqual([status, text], [404, '404 Not Found: this host has no such page\n']);
        assert.equal((await client.control('POST', 'power-off', token)).status, 404);
      }
    });

    test('sleeps while nobody asks', async () => {
      const ticksOf = async (): Promise<number> => {
        const fields = (await readFile(`/proc/${vm.process.pid}/stat`, 'utf8'))
          .replace(/^.*\) /, '')
          .split(' ');
        return Number(fields[11]) + Number(fields[12]);
      };
      const before = await ticksOf();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      // A loop that never sleeps would take 200 ticks of 10 ms.
      assert.ok((await ticksOf()) - before < 20);
    });

    test('closes connections when draining, goes on answering, and ends on the word', async () => {
      assert.equal((await client.control('POST', 'drain')).status, 200);
      const answer = await client.get();
      assert.deepEqual([answer.status, answer.headers.connection], [200, 'close']);
      assert.equal((await client.control('POST', 'power-off')).status, 200);
      assert.equal(await vm.exited, 33);
      assert.match(vm.console, /^power off: the controller says so$/m);
    });
  });
}

describe('the page kernel that cannot serve', { skip: skipWithoutQemu }, () => {
  const good = encodeBundle(bundleOf());
  const corrupt = good.slice();
  corrupt[corrupt.length - 20] = (corrupt[corrupt.length - 20] ?? 0) ^ 1;
  const rows: readonly (readonly [what: string, bytes: Uint8Array, words: string, line: RegExp])[] = [
    [
      'a truncated bundle',
      good.slice(0, -8),
      '',
      /^fatal: the bundle is truncated: it should have \d+ bytes/m,
    ],
    [
      'a bundle with more behind it',
      Buffer.concat([good, randomBytes(5_000)]),
      '',
      /^fatal: the bundle is followed by something else: it should have \d+ bytes/m,
    ],
    ['an empty bundle', new Uint8Array(), '', /^fatal: there is no page: expected a bundle/m],
    ['a corrupt bundle', corrupt, '', /^fatal: the bundle is corrupt: its checksum does not match$/m],
    ['no bundle', randomBytes(5_000), '', /^fatal: the file is not a bundle$/m],
    [
      'a bad address',
      good,
      'hotzone.ip=10.0.0.1',
      /^fatal: command line: "hotzone.ip=10.0.0.1": expected an IPv4/m,
    ],
    [
      'a page too large',
      pageOf(randomBytes(14 * MIB)),
      '',
      /^fatal: the page does not fit: \d+ KiB are free/m,
    ],
  ];
  for (const [what, bytes, words, line] of rows) {
    test(`${what} is said clearly and ends the machine`, async () => {
      const file = await bundleFile('broken', bytes);
      const vm = await PageVm.start({ machine: 'microvm', bundleFile: file, words });
      assert.equal(await vm.exited, 35);
      assert.match(vm.console, line);
    });
  }

  test('too little memory is said clearly and ends the machine', async () => {
    const vm = await PageVm.start({
      machine: 'microvm',
      bundleFile: await bundleFile('good', good),
      memory: '2M',
    });
    assert.equal(await vm.exited, 35);
    assert.match(vm.console, /^fatal: the page does not fit: \d+ KiB are free .* serving takes \d+ KiB$/m);
  });
});

describe('the page kernel in little memory', { skip: skipWithoutQemu }, () => {
  const body = randomBytes(4 * MIB);
  for (const machine of MACHINES) {
    test(`serves 4 MiB from 8 MiB on ${machine}`, async () => {
      const file = await bundleFile('four', pageOf(body));
      const vm = await PageVm.start({ machine, bundleFile: file, memory: '8M' });
      try {
        await vm.serving();
        const { get } = clientOf(vm.port);
        for (let count = 0; count < 3; count += 1) assert.equal(digestOf((await get()).body), digestOf(body));
        const part = await get({ headers: { range: `bytes=${MIB}-${2 * MIB}` } });
        assert.ok(part.body.equals(body.subarray(MIB, 2 * MIB + 1)));
      } finally {
        await vm.kill();
      }
    });
  }
});

const NETWORK = { namespace: `hotzone-${process.pid}`, device: 'tap0', address: '10.9.0.' } as const;
const HOLD_CONNECTIONS = fileURLToPath(new URL('../helpers/hold-connections.js', import.meta.url));
const skipWithoutTap =
  skipWithoutQemu ||
  skipWithout('ip', 'iproute2') ||
  skipWithout('curl', 'curl') ||
  (process.getuid?.() === 0 && existsSync('/dev/net/tun') ? false : 'needs root and /dev/net/tun');

describe('the page kernel on a tap of its own network', { skip: skipWithoutTap }, () => {
  const { namespace, device, address } = NETWORK;
  const inside = (...command: readonly string[]) => execa('ip', ['netns', 'exec', namespace, ...command]);
  before(async () => {
    await execa('ip', ['netns', 'add', namespace]);
    await inside('ip', 'tuntap', 'add', device, 'mode', 'tap', 'vnet_hdr');
    await inside('ip', 'address', 'add', `${address}1/24`, 'dev', device);
    await inside('ip', 'address', 'add', 'fd00::1/64', 'dev', device, 'nodad');
    await inside('ip', 'link', 'set', device, 'up');
  });
  after(() => execa('ip', ['netns', 'delete', namespace]));

  /** What curl got from so many connections at once, each its own: `200 373`. */
  const parallel = async (host: string, count: number): Promise<readonly string[]> => {
    const { stdout } = await inside(
      ...[
        'curl',
        '--silent',
        '--parallel',
        '--parallel-immediate',
        '--parallel-max',
        '300',
        '--no-keepalive',
      ],
      ...['--max-time', '60', '--globoff', '--header', `Host: ${HOST}`, '--header', 'Connection: close'],
      ...['--write-out', '%{http_code} %{size_download}\\n'],
      ...Array.from({ length: count }, (_, index) => [
        `http://${host}/?${index}`,
        '--output',
        '/dev/null',
      ]).flat(),
    );
    return stdout.trim().split('\n');
  };

  for (const machine of MACHINES) {
    test(`serves many at once over IPv4 and IPv6 on ${machine}`, async () => {
      const file = await bundleFile('tap', encodeBundle(bundleOf()));
      const words = 'hotzone.ip6=fd00::2/64';
      const vm = await PageVm.start({ machine, bundleFile: file, tap: NETWORK, words });
      try {
        await vm.serving();
        const all = Array.from({ length: 50 }, () => `200 ${BODY.length}`);
        assert.deepEqual(await parallel(`${address}2`, 50), all);
        assert.deepEqual(await parallel('[fd00::2]', 50), all);
        const many = await parallel(`${address}2`, 250);
        assert.deepEqual(new Set(many), new Set(all));
        const { stdout } = await inside(process.execPath, HOLD_CONNECTIONS, `${address}2`, HOST, '1000');
        assert.equal(stdout, '1000');
      } finally {
        await vm.kill();
      }
    });
  }
});
