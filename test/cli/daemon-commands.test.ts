import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DEFAULT_ADMIN_URL } from '../../src/cli/admin-client.js';
import { explain } from '../../src/cli/explain.js';
import type { Io } from '../../src/cli/io.js';
import { plan } from '../../src/cli/plan.js';
import { status } from '../../src/cli/status.js';
import { startAdmin } from '../../src/server/admin/admin.js';
import type { AdminSource } from '../../src/server/admin/source.js';
import { HOSTILE_PATH, staticSource } from '../helpers/admin-source.js';
import { captureIo } from '../helpers/captured-io.js';

const closers: (() => Promise<void>)[] = [];
after(() => Promise.all(closers.map((close) => close())));

async function startDaemon(source: AdminSource = staticSource()): Promise<string> {
  const admin = await startAdmin({ listen: { address: '127.0.0.1', port: 0 }, source });
  closers.push(() => admin.close());
  return admin.url;
}

/** Something that is not hotzone. */
async function startStranger(statusCode: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(statusCode).end(body)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  closers.push(async () => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const COMMANDS: Readonly<Record<string, (url: string, json: boolean, io: Io) => Promise<number>>> = {
  status: (url, json, io) => status({ url, json }, io),
  explain: (url, json, io) => explain({ url, json, page: '/about.html' }, io),
  plan: (url, json, io) => plan({ url, json }, io),
};

test('status shows the daemon, the pages hottest first and the replicas in aligned columns', async () => {
  const io = captureIo();
  assert.equal(await status({ url: await startDaemon(), json: false }, io), 0);
  const lines = io.out().split('\n');
  assert.equal(lines[0], 'example.org  serial 2026013101  hotzone 0.1.0  up 2h 0m');
  assert.match(lines[1] ?? '', /^3 pages, 1 hot; replicas: 3 serving, .* budget: 9 of 20$/);
  assert.match(
    lines[4] ?? '',
    /^\/post\/summoning\.html +≥312 +50 +14 +287 {2}3 of 7 \+4 −1 {2}127\.0\.1\.4 /,
  );
  const column = (lines[3] ?? '').indexOf('REPLICAS');
  for (const line of lines.slice(4, 7)) assert.match(line.slice(column), /^(3 of 7|origin)/);
  assert.match(io.out(), /^127\.0\.1\.7 +failed +5m 0s +process +01JABCDE +\/<img .*exit code 1/m);
  assert.ok(!io.out().includes('\u001b'), 'a page name speaks to the terminal');
  assert.equal(io.err(), '');
});

test('status cuts its tables to the terminal, and says how many pages it left out', async () => {
  const base = staticSource().pages()[0];
  assert.ok(base);
  const pages = Array.from({ length: 30 }, (_, n) => ({ ...base, path: `/${n}`, demand: n }));
  const io = captureIo(60);
  await status(
    { url: await startDaemon(staticSource({ pages: () => pages, replicas: () => [] })), json: false },
    io,
  );
  assert.match(io.out(), /^and 10 colder pages/m);
  assert.match(io.out(), /^no replicas/m);
  const rows = io
    .out()
    .split('\n')
    .filter((line) => line.startsWith('/'));
  assert.equal(rows.length, 20);
  assert.ok(rows.every((row) => row.length <= 60));
});

test('--json gives what the API gives', async () => {
  const source = staticSource();
  const url = await startDaemon(source);
  const printed = async (command: (io: Io) => Promise<number>): Promise<unknown> => {
    const io = captureIo();
    assert.equal(await command(io), 0);
    return JSON.parse(io.out());
  };
  const all = (await printed((io) => status({ url, json: true }, io))) as Record<string, unknown>;
  assert.deepEqual(all.status, { healthy: true, ...source.status() });
  assert.deepEqual(all.replicas, source.replicas());
  assert.equal((all.pages as unknown[]).length, 3);
  assert.deepEqual(await printed((io) => plan({ url, json: true }, io)), { plan: source.plan() });
  const page = HOSTILE_PATH;
  assert.deepEqual(await printed((io) => explain({ url, json: true, page }, io)), {
    page,
    lines: source.explain(page),
  });
});

test('explain prints the reasons, and a page that is not there is a clear mistake', async () => {
  const url = await startDaemon();
  const io = captureIo();
  assert.equal(await explain({ url, json: false, page: '/post/summoning.html' }, io), 0);
  assert.match(io.out(), /^\/post\/summoning\.html has 3 of 7 replicas\n {2}metric: demand 312\/s/);
  const missing = captureIo();
  assert.equal(await explain({ url, json: false, page: 'index.html' }, missing), 1);
  assert.equal(missing.out(), '');
  assert.match(missing.err(), /the site has no page "index\.html"; .*leading slash/);
});

test('plan prints what would be done and why, or that nothing would change', async () => {
  const io = captureIo();
  assert.equal(await plan({ url: await startDaemon(), json: false }, io), 0);
  assert.match(
    io.out(),
    /^\/post\/summoning\.html +default +3 +6 +boot 3 by process +MetricAboveTarget: .*TooMany/m,
  );
  const idle = captureIo();
  assert.equal(
    await plan({ url: await startDaemon(staticSource({ plan: () => [] })), json: false }, idle),
    0,
  );
  assert.equal(idle.out(), 'nothing would change\n');
});

test('a control loop that stands still is exit code 1, with the status all the same', async () => {
  const io = captureIo();
  assert.equal(
    await status({ url: await startDaemon(staticSource({ healthy: () => false })), json: false }, io),
    1,
  );
  assert.match(io.out(), /^example\.org/);
  assert.match(io.err(), /stands still/);
});

for (const [name, command] of Object.entries(COMMANDS)) {
  test(`${name}: where nothing listens is exit code 3, with what to do`, async () => {
    const gone = await startAdmin({ listen: { address: '127.0.0.1', port: 0 }, source: staticSource() });
    await gone.close();
    const io = captureIo();
    assert.equal(await command(gone.url, true, io), 3);
    assert.equal(io.out(), '');
    assert.equal(
      io.err(),
      `${gone.url}: no hotzone daemon answers there (connection refused); ` +
        'start one with "hotzone serve", or give the address of its admin server with --url\n',
    );
  });

  test(`${name}: what is no hotzone, or one of another version, is told apart from one`, async () => {
    for (const [code, body] of [
      [200, '<html>hello'],
      [200, '{"pages":1}'],
      [404, 'no'],
      [500, '{"error":"\u001b[31m"}'],
    ] as const) {
      const io = captureIo();
      assert.equal(await command(await startStranger(code, body), false, io), 1, body);
      assert.match(io.err(), /is not understood|not as hotzone would/);
      assert.match(io.err(), /is the address right/);
    }
  });

  test(`${name}: a URL that is none is exit code 2`, async () => {
    for (const url of ['127.0.0.1:9153', 'ftp://127.0.0.1', '', 'localhost']) {
      const io = captureIo();
      assert.equal(await command(url, false, io), 2, url);
      assert.match(io.err(), /^--url: ".*" is no http URL; e\.g\. http:/);
    }
  });
}

test('the URL that is asked by default is a loopback one', () => {
  assert.equal(new URL(DEFAULT_ADMIN_URL).hostname, '127.0.0.1');
});
