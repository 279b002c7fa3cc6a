import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Acted, AdminActions } from '../../../src/server/admin/actions.js';
import { type Admin, startAdmin } from '../../../src/server/admin/admin.js';
import { hasToken } from '../../../src/server/admin/token.js';
import { staticSource } from '../../helpers/admin-source.js';

const TOKEN = 'correct-horse-battery-staple';
const PIN = { page: '/about.html', replicas: 3, for: '2h' };

interface Scene {
  readonly admin: Admin;
  /** What was done, in order. */
  readonly calls: readonly (readonly unknown[])[];
}

async function start(
  t: TestContext,
  options: { outcome?: Acted; isReadOnly?: boolean } = {},
): Promise<Scene> {
  const calls: (readonly unknown[])[] = [];
  const outcome = options.outcome ?? { ok: true, done: ['so be it'] };
  const note =
    (name: string) =>
    (...args: readonly unknown[]): Acted => {
      calls.push([name, ...args]);
      return outcome;
    };
  const actions: AdminActions = {
    pin: note('pin'),
    unpin: note('unpin'),
    pause: note('pause'),
    resume: note('resume'),
    drain: note('drain'),
    release: note('release'),
    logLevel: note('logLevel'),
    logQueries: note('logQueries'),
  };
  const writes = { actions, token: TOKEN, tokenAt: '/state/admin-token' };
  const admin = await startAdmin({
    listen: { address: '127.0.0.1', port: 0 },
    source: staticSource(),
    ...(options.isReadOnly ? {} : { writes }),
  });
  t.after(() => admin.close());
  return { admin, calls };
}

interface Post {
  readonly path?: string;
  readonly body?: unknown;
  /** These take the place of those that are right; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly method?: string;
}

/** Raw, so that every header can be forged. */
async function post({ admin }: Scene, options: Post = {}): Promise<{ status: number; text: string }> {
  const text = typeof options.body === 'string' ? options.body : JSON.stringify(options.body ?? PIN);
  const headers: Record<string, string | undefined> = {
    host: `127.0.0.1:${admin.port}`,
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
    ...options.headers,
  };
  const head = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const { method = 'POST', path = '/api/v1/pin' } = options;
  const socket = connect(admin.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${method} ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${text}`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return { status: Number(answer.split(' ')[1]), text: answer };
}

test('whoever has the token is obeyed, and it is noted where they are', async (t) => {
  const scene = await start(t);
  const { status, text } = await post(scene);
  assert.equal(status, 200);
  assert.match(text, /\{"done":\["so be it"\]\}/);
  const cases: readonly (readonly [string, object, readonly unknown[]])[] = [
    ['/api/v1/unpin', { page: '/a' }, ['unpin', '/a']],
    ['/api/v1/pause', {}, ['pause', null, null]],
    ['/api/v1/pause', { page: '/a', for: '1h30m' }, ['pause', '/a', 5_400_000]],
    ['/api/v1/pause', { page: null, for: null }, ['pause', null, null]],
    ['/api/v1/resume', {}, ['resume', null]],
    ['/api/v1/drain', { id: '1234abcd' }, ['drain', '1234abcd']],
    ['/api/v1/release', { page: '/a' }, ['release', '/a']],
  ];
  for (const [path, body] of cases) assert.equal((await post(scene, { path, body })).status, 200, path);
  assert.deepEqual(
    scene.calls.map((call) => call.slice(0, -1)),
    [['pin', '/about.html', 3, 7_200_000], ...cases.map(([, , call]) => call)],
  );
  for (const call of scene.calls) assert.match(String(call.at(-1)), /^127\.0\.0\.1:\d+ \(admin token\)$/);
});

test('a token can be tried without anything being done', async (t) => {
  const scene = await start(t);
  const path = '/api/v1/token';
  assert.equal((await post(scene, { path, body: {} })).status, 200);
  assert.equal(
    (await post(scene, { path, body: {}, headers: { authorization: 'Bearer wrong' } })).status,
    401,
  );
  assert.deepEqual(scene.calls, []);
});

test('without the token nothing is done, and it is said where it is', async (t) => {
  const scene = await start(t);
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    `Bearer ${'x'.repeat(4_000)}`,
  ];
  for (const authorization of wrong) {
    const { status, text } = await post(scene, { headers: { authorization } });
    assert.equal(status, 401, String(authorization));
    assert.match(text, /www-authenticate: Bearer/i);
    assert.match(text, /Authorization: Bearer TOKEN.*\/state\/admin-token/);
    assert.ok(!text.includes(TOKEN));
  }
  assert.deepEqual(scene.calls, []);
  assert.ok(hasToken(`bearer  ${TOKEN}`, TOKEN), 'the scheme is case-insensitive (RFC 9110, section 11.1)');
});

test('a page of another site that makes a browser post here is refused, token or not', async (t) => {
  const scene = await start(t);
  const { port } = scene.admin;
  const forged: readonly Readonly<Record<string, string>>[] = [
    { host: 'evil.example' },
    { host: `evil.example:${port}`, origin: `http://evil.example:${port}` },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://localhost:3000' },
    { origin: `http://localhost:${port}` },
    { origin: `http://127.0.0.1:${port}.evil.example` },
    { origin: `http://127.0.0.1:${port}@evil.example` },
    { origin: `file://127.0.0.1:${port}` },
  ];
  for (const headers of forged) {
    const { status } = await post(scene, { headers });
    assert.ok(status === 421 || status === 403, `${JSON.stringify(headers)}: ${status}`);
  }
  assert.deepEqual(scene.calls, []);
  for (const origin of [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`])
    assert.equal((await post(scene, { headers: { origin } })).status, 200);
});

test('what a form of another site could send is no order', async (t) => {
  const scene = await start(t);
  for (const type of [
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'json',
  ])
    assert.equal((await post(scene, { headers: { 'content-type': type } })).status, 415, type);
  const preflight = await post(scene, { method: 'OPTIONS', body: '' });
  assert.equal(preflight.status, 405);
  assert.doesNotMatch(preflight.text, /access-control/i);
  assert.equal(
    (await post(scene, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } })).status,
    200,
  );
  assert.equal(scene.calls.length, 1);
});

test('a wrong body is 400 with what was expected, and one without end is cut off', async (t) => {
  const scene = await start(t);
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['', /no JSON/],
    ['{"page":', /no JSON/],
    ['[]', /no object/],
    ['null', /no object/],
    ['3', /no object/],
    [{}, /page: expected a page/],
    [{ ...PIN, replicas: -1 }, /replicas: expected a whole number from 0/],
    [{ ...PIN, replicas: 1.5 }, /replicas/],
    [{ ...PIN, replicas: '3' }, /replicas/],
    [{ ...PIN, replicas: 10_001 }, /replicas/],
    [{ ...PIN, for: '2' }, /for: expected a duration of up to a year/],
    [{ ...PIN, for: '0s' }, /for/],
    [{ ...PIN, for: '8761h' }, /for/],
    [{ ...PIN, for: 7_200 }, /for/],
    [{ ...PIN, until: 'tomorrow' }, /until: is not known here/],
    ['{"__proto__":{"page":"/a","replicas":1}}', /page/],
  ];
  for (const [body, message] of wrong) {
    const { status, text } = await post(scene, { body });
    assert.equal(status, 400, text);
    assert.match(text, message);
  }
  assert.equal((await post(scene, { body: { ...PIN, page: 'x'.repeat(5_000) } })).status, 413);
  assert.deepEqual(scene.calls, []);
});

test('what cannot be done is told with what to do, and GET does nothing', async (t) => {
  for (const [kind, expected] of [
    ['unknown', 404],
    ['conflict', 409],
  ] as const) {
    const scene = await start(t, { outcome: { ok: false, kind, message: 'no', hint: 'do' } });
    const { status, text } = await post(scene);
    assert.equal(status, expected);
    assert.match(text, /\{"error":\{"message":"no","hint":"do"\}\}/);
  }
  const scene = await start(t);
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
    const { status, text } = await post(scene, { method });
    assert.equal(status, 405);
    assert.match(text, /allow: POST/i);
  }
  assert.deepEqual(scene.calls, []);
});

test('a server that was given no token only shows', async (t) => {
  const scene = await start(t, { isReadOnly: true });
  for (const authorization of [undefined, 'Bearer undefined', 'Bearer null', `Bearer ${TOKEN}`])
    assert.equal((await post(scene, { headers: { authorization } })).status, 403);
});
