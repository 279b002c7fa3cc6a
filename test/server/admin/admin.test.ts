import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { type Admin, startAdmin } from '../../../src/server/admin/admin.js';
import type { AdminSource } from '../../../src/server/admin/source.js';
import { HOSTILE_PATH, staticSource } from '../../helpers/admin-source.js';

const open: Admin[] = [];
after(() => Promise.all(open.map((admin) => admin.close())));

async function start(
  source: AdminSource = staticSource(),
  onError?: (error: unknown) => void,
): Promise<Admin> {
  const admin = await startAdmin({
    listen: { address: '127.0.0.1', port: 0 },
    source,
    ...(onError === undefined ? {} : { onError }),
  });
  open.push(admin);
  return admin;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request with the path and the headers exactly as given, which fetch would tidy up. */
function ask(
  admin: Admin,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: admin.port, host: '127.0.0.1', path, agent: false, ...options },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** What comes back for exactly these octets. */
function exchange(admin: Admin, octets: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(admin.port, '127.0.0.1', () => socket.end(octets));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

async function json(admin: Admin, path: string): Promise<{ status: number; value: Record<string, unknown> }> {
  const answer = await ask(admin, path);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  return { status: answer.status, value: JSON.parse(answer.body) as Record<string, unknown> };
}

function assertError(value: Record<string, unknown>, message: RegExp, hint = /./): void {
  const error = value.error as { message: string; hint: string };
  assert.match(error.message, message);
  assert.match(error.hint, hint);
}

test('the API tells what the source tells', async () => {
  const source = staticSource();
  const admin = await start(source);
  const path = '/post/summoning.html';
  const page = source.page(path);
  const expected: Readonly<Record<string, unknown>> = {
    '/api/v1/status': { healthy: true, ...source.status() },
    '/api/v1/replicas': { replicas: source.replicas() },
    '/api/v1/page?path=/post/summoning.html': {
      page,
      deciding: source.deciding(path),
      replicas: source.replicas().slice(0, 3),
    },
    '/api/v1/recent?top=1': { pages: source.recent(1) },
    '/api/v1/pages?top=1': { total: 3, pages: [page] },
    '/api/v1/decisions': { decisions: source.decisions({ limit: 50 }) },
    '/api/v1/decisions?limit=1': { decisions: source.decisions({ limit: 1 }) },
    '/api/v1/decisions?page=%2Fpost%2Fsummoning.html': {
      decisions: source.decisions({ page: path, limit: 50 }),
    },
    '/api/v1/explain?page=/post/summoning.html': { page: path, lines: source.explain(path) },
    '/api/v1/plan': { plan: source.plan() },
  };
  for (const [url, value] of Object.entries(expected))
    assert.deepEqual(await json(admin, url), { status: 200, value }, url);
});

test('a page name is taken as it is, however it looks', async () => {
  const admin = await start();
  const { value } = await json(admin, `/api/v1/page?path=${encodeURIComponent(HOSTILE_PATH)}`);
  assert.equal((value.page as { path: string }).path, HOSTILE_PATH);
});

test('a page that the site has not is 404, also on the status page', async () => {
  const admin = await start();
  for (const url of ['/api/v1/page?path=/no', '/api/v1/explain?page=/no', '/api/v1/decisions?page=/no']) {
    const { status, value } = await json(admin, url);
    assert.equal(status, 404, url);
    assertError(value, /no page "\/no"/, /\/api\/v1\/pages/);
  }
  const { status, body } = await ask(admin, '/page?path=/no<b>');
  assert.equal(status, 404);
  assert.ok(!/no(<|&lt;)b/.test(body), 'nothing that somebody gave is put into markup');
});

test('the history of a page that left the site is still there', async () => {
  const decision = staticSource().decisions({ limit: 1 })[0];
  assert.ok(decision);
  const admin = await start(staticSource({ decisions: () => [decision] }));
  assert.equal((await json(admin, '/api/v1/decisions?page=/gone')).status, 200);
});

test('a wrong query string is 400 with what was expected', async () => {
  const admin = await start();
  const cases: Readonly<Record<string, RegExp>> = {
    '/api/v1/pages?top=0': /parameter top: expected a whole number from 1 to 10000/,
    '/api/v1/pages?top=-1': /parameter top/,
    '/api/v1/pages?top=1e3': /parameter top/,
    '/api/v1/pages?top=10001': /parameter top/,
    '/api/v1/pages?top=': /parameter top/,
    '/api/v1/pages?tops=3': /parameter tops: is not known/,
    '/api/v1/pages?top=1&top=2': /given more than once/,
    '/api/v1/status?x=1': /parameter x/,
    '/api/v1/page': /parameter path: expected a page/,
    '/api/v1/explain?page=': /parameter page: expected a page/,
    '/page': /parameter path/,
  };
  for (const [url, message] of Object.entries(cases)) {
    const { status, value } = await json(admin, url);
    assert.equal(status, 400, url);
    assertError(value, message);
  }
  assertError((await json(admin, '/api/v1/decisions?lim=3')).value, /lim/, /expected page, limit/);
});

test('what is not there is 404 with what there is', async () => {
  const admin = await start();
  for (const path of [
    '/nothing',
    '/api/v1',
    '/api/v1/status/',
    '/../etc/passwd',
    '/%2e%2e/x',
    '/constructor',
  ])
    assert.equal((await json(admin, path)).status, 404, path);
  assertError((await json(admin, '/api')).value, /nothing at \/api/, /\/api\/v1\/status/);
});

test('health is that of the control loop, and the metrics have their type', async () => {
  let healthy = true;
  const admin = await start(staticSource({ healthy: () => healthy }));
  assert.equal((await ask(admin, '/healthz')).status, 200);
  healthy = false;
  assert.equal((await ask(admin, '/healthz')).status, 503);
  const metrics = await ask(admin, '/metrics');
  assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(metrics.body, /^up 1$/m);
});

test('only GET and HEAD are possible', async () => {
  const admin = await start();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
    const answer = await ask(admin, '/api/v1/status', { method });
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers.allow, 'GET, HEAD');
  }
  const [head, get] = [
    await ask(admin, '/api/v1/status', { method: 'HEAD' }),
    await ask(admin, '/api/v1/status'),
  ];
  assert.equal(head.body, '');
  assert.equal(head.headers['content-length'], get.headers['content-length']);
});

test('a foreign host name is refused, so that a rebound name reads nothing', async () => {
  const admin = await start();
  const foreign = [
    'evil.example',
    `evil.example:${admin.port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.0.2.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '[::ffff:192.0.2.1]',
    'localhost:80:80',
    'user@localhost',
  ];
  for (const host of foreign) {
    for (const path of ['/', '/api/v1/status', '/metrics', '/healthz', '/nothing']) {
      const answer = await ask(admin, path, { headers: { host } });
      assert.equal(answer.status, 421, `${host} ${path}`);
      assert.ok(!answer.body.includes('example.org'), 'it tells nothing');
    }
  }
  assert.match(await exchange(admin, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 421 /);
  assert.match(
    await exchange(admin, 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 421 /,
  );
  const own = ['localhost', `LOCALHOST:${admin.port}`, '127.0.0.1', '127.0.0.1:1', '127.8.8.8', '[::1]:9153'];
  for (const host of own)
    assert.equal((await ask(admin, '/healthz', { headers: { host } })).status, 200, host);
});

test('the address that was reached is a right host, whichever the server listens on', async () => {
  const admin = await startAdmin({ listen: { address: '::', port: 0 }, source: staticSource() });
  open.push(admin);
  assert.equal(admin.url, `http://[::]:${admin.port}`);
  assert.equal((await ask(admin, '/healthz', { headers: { host: `127.0.0.1:${admin.port}` } })).status, 200);
  assert.equal((await ask(admin, '/healthz', { headers: { host: '198.51.100.1' } })).status, 421);
});

test('every answer tells the browser to take it as it is and to run nothing of it', async () => {
  const admin = await start();
  for (const path of ['/', '/page?path=/about.html', '/api/v1/pages', '/metrics', '/nothing']) {
    const { headers } = await ask(admin, path);
    const policy = String(headers['content-security-policy']);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['cache-control'], 'no-store', path);
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe|https?:/, path);
    assert.equal(headers['access-control-allow-origin'], undefined, path);
  }
});

test('a bug in the source is a 500 and a word to the log, and the server goes on', async () => {
  const errors: unknown[] = [];
  const bug = new Error('secret detail');
  const admin = await start(
    staticSource({
      status: () => {
        throw bug;
      },
      metrics: () => Promise.reject(bug),
    }),
    (error) => errors.push(error),
  );
  for (const path of ['/api/v1/status', '/metrics']) {
    const answer = await ask(admin, path);
    assert.equal(answer.status, 500, path);
    assert.ok(!answer.body.includes('secret'));
  }
  assert.deepEqual(errors, [bug, bug]);
  assert.equal((await ask(admin, '/healthz')).status, 200);
});

test('a port in use is said so that it can be mended', async () => {
  const admin = await start();
  await assert.rejects(
    startAdmin({ listen: { address: '127.0.0.1', port: admin.port }, source: staticSource() }),
    (error: Error) => {
      assert.match(
        error.message,
        /^admin server on 127\.0\.0\.1 port \d+: the port is in use; .*choose another/,
      );
      return true;
    },
  );
  await assert.rejects(
    startAdmin({ listen: { address: '192.0.2.1', port: 0 }, source: staticSource() }),
    /no such address/,
  );
});

test('headers past the limit and garbage are refused without harm', async () => {
  const admin = await start();
  assert.equal((await ask(admin, '/', { headers: { 'x-long': 'x'.repeat(10_000) } })).status, 431);
  const raw = await exchange(admin, '\x16\x03\x01 not HTTP\r\n\r\n');
  assert.match(raw, /^HTTP\/1\.1 400 /);
  assert.equal((await ask(admin, '/healthz')).status, 200);
});

test('a client that never ends its request is sent away, and too many at once are not let in', async () => {
  const admin = await startAdmin({ listen: { address: '127.0.0.1', port: 0 }, source: staticSource() });
  const sockets = Array.from({ length: 100 }, () => connect(admin.port, '127.0.0.1').on('error', () => {}));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const [slow] = sockets;
  assert.ok(slow);
  slow.write('GET / HTTP/1.1\r\nHost: loc');
  const sentAway = once(slow, 'data');

  const late = connect(admin.port, '127.0.0.1').on('error', () => {});
  late.resume();
  await once(late, 'close');

  assert.match(String((await sentAway)[0]), /^HTTP\/1\.1 408 /);
  await admin.close();
});

test('closing ends connections that are still open', async () => {
  const admin = await startAdmin({ listen: { address: '127.0.0.1', port: 0 }, source: staticSource() });
  const socket = connect(admin.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.resume();
  await admin.close();
  await ended;
  await assert.rejects(ask(admin, '/healthz'), /ECONNREFUSED/);
});
