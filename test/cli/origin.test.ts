import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { askCounts } from '../../src/server/counts-socket.js';
import { freePort } from '../helpers/daemon.js';
import { ask } from '../helpers/http.js';
import { KillableDaemon } from '../helpers/killable-daemon.js';

const HOST = 'example.test';

let folder: string;
let port: number;
let counts: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotzone-origin-'));
  counts = join(folder, 'counts.sock');
  port = await freePort();
  mkdirSync(join(folder, 'site'));
  writeFileSync(join(folder, 'site', 'a.html'), '<p>a</p>');
});
after(() => rmSync(folder, { recursive: true, force: true }));

const start = (): KillableDaemon =>
  new KillableDaemon([
    ...['origin', '--site', join(folder, 'site'), '--domain', HOST, '--http-port', String(port)],
    ...['--counts', counts, '--state', join(folder, 'state')],
  ]);

test('origin serves the site, follows its changes, tells its counts, and ends well on SIGTERM', async () => {
  const origin = start();
  try {
    await origin.line(/"ready"/);
    const page = await ask({ port, host: HOST, target: '/a.html' });
    assert.deepEqual([page.status, page.body.toString()], [200, '<p>a</p>']);
    writeFileSync(join(folder, 'site', 'b.html'), '<p>b</p>');
    while ((await ask({ port, host: HOST, target: '/b.html' })).status !== 200) await setTimeout(20);
    assert.deepEqual(Object.values((await askCounts(counts, null))?.totals ?? {}), [1, 1]);

    const second = start();
    await second.ended();
    assert.equal(second.exitCode, 1);
    assert.match(second.output, /in use by another program/);
    assert.notEqual(await askCounts(counts, null), null, 'the second one took the socket of the first');
  } finally {
    await origin.kill('SIGTERM');
  }
  assert.equal(origin.exitCode, 0);
});

test('an origin that was killed can be started again, with its counts at zero', async () => {
  const killed = start();
  await killed.line(/"ready"/);
  const before = await askCounts(counts, null);
  await killed.kill('SIGKILL');
  assert.equal(await askCounts(counts, null), null);
  const next = start();
  await next.line(/"ready"/);
  const now = await askCounts(counts, null);
  assert.notEqual(now?.instance, before?.instance);
  assert.deepEqual(now?.totals, {});
  await next.kill('SIGTERM');
});

test('serve takes the counts of another origin only where another program is the origin', async () => {
  const daemon = new KillableDaemon([
    ...['serve', '--domain', HOST, '--site', join(folder, 'site'), '--state', join(folder, 'state')],
    ...['--origin-counts', counts],
  ]);
  await daemon.ended();
  assert.equal(daemon.exitCode, 1);
  assert.match(daemon.output, /--origin-counts: .* add --external-origin/);
});

test('what keeps an origin from starting is said, and nothing is left behind', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--listen', '0.0.0.0'], /--listen: 0\.0\.0\.0 would take port/],
    [['--site', join(folder, 'nowhere')], /nowhere/],
    [['--counts', join(folder, 'no', 'such', 'folder.sock')], /--counts: /],
  ];
  for (const [more, message] of cases) {
    const origin = new KillableDaemon([
      ...['origin', '--site', join(folder, 'site'), '--domain', HOST, '--http-port', String(port)],
      ...['--state', join(folder, 'state'), ...more],
    ]);
    await origin.ended();
    assert.equal(origin.exitCode, 1, more.join(' '));
    assert.match(origin.output, message);
  }
});
