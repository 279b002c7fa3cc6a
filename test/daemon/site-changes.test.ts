import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { goOn } from '../helpers/daemon/load.js';
import { rcode } from '../helpers/daemon/name-client.js';
import { html, ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const NXDOMAIN = 3;
/** A second is the goal, and no test of its own here: a busy machine gets much more. */
const SOON_MS = 15_000;

test('a page that is added, changed or removed is so in names, answers and responses soon', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  const host = `late-html.${DOMAIN}`;
  assert.equal(rcode(await daemon.query(host)), NXDOMAIN);
  assert.equal((await daemon.fetch(host)).status, 421);
  const serials = [await daemon.serial()];

  scene.writePage('late.html', html('first'));
  await daemon.until('the name is there', async () => rcode(await daemon.query(host)) === 0, SOON_MS);
  assert.deepEqual(await daemon.addresses(host), [scene.originAddress]);
  assert.equal((await daemon.fetch(host)).body.toString(), html('first'));
  assert.equal((await daemon.page('/late.html')).host, host);
  serials.push(await daemon.serial());

  scene.writePage('late.html', html('second'));
  await daemon.until(
    'the new content is served',
    async () => (await daemon.fetch(host)).body.toString() === html('second'),
    SOON_MS,
  );

  scene.removePage('late.html');
  await daemon.until('the name is gone', async () => rcode(await daemon.query(host)) === NXDOMAIN, SOON_MS);
  assert.equal((await daemon.fetch(host)).status, 421);
  assert.ok(!(await daemon.pages()).some(({ path }) => path === '/late.html'));
  serials.push(await daemon.serial());
  assert.ok(
    serials.every((serial, n) => n === 0 || serial > (serials[n - 1] ?? 0)),
    serials.join(),
  );
});

test('replicas of a page that changes are replaced, and no answer ever leads to the old content for long', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'page.html': html('old') });
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const daemon = await scene.start();
  const host = `page-html.${DOMAIN}`;
  const address = () =>
    daemon.until('a replica is answered alone', async () => {
      const [only, ...others] = await daemon.addresses(host);
      return others.length === 0 && only !== scene.originAddress && only;
    });
  const before = await address();
  assert.equal((await daemon.fetch(host, before)).body.toString(), html('old'));
  const serial = await daemon.serial();

  scene.writePage('page.html', html('new'));
  await daemon.until(
    'the old replica is not answered',
    async () => !(await daemon.addresses(host)).includes(before),
  );
  const after = await address();
  assert.notEqual(after, before);
  assert.equal((await daemon.fetch(host, after)).body.toString(), html('new'));
  assert.ok((await daemon.serial()) > serial);
  assert.equal((await daemon.fetch(host, before)).status, 200, 'the old one answers while caches have it');
  await daemon.until('the old replica is gone', () => scene.pageServers().length === 2);
  assert.ok(!scene.pageServers().some((server) => server.address === before));

  scene.removePage('page.html');
  await daemon.until('the name is gone', async () => rcode(await daemon.query(host)) === NXDOMAIN);
  const states = new Map((await daemon.replicas()).map((replica) => [replica.page, replica.state]));
  assert.equal(states.get('/page.html'), 'draining');
  const ready = 'hotzone_page_ready_replicas{page="/page.html"}';
  await daemon.until('its series is gone', async () => (await daemon.metric(ready)) === undefined);
});

test('a file that is being written is not served before it is complete', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'page.html': html('old') });
  const daemon = await scene.start();
  const host = `page-html.${DOMAIN}`;
  const complete = html('x'.repeat(4_000));
  const seen = new Set<string>();
  const reader = goOn(daemon, async () => seen.add((await daemon.fetch(host)).body.toString()));

  const file = openSync(join(scene.siteDir, 'page.html'), 'w');
  for (let at = 0; at < complete.length; at += 400) {
    writeSync(file, complete.slice(at, at + 400));
    // Never at rest for as long as two looks, and in all longer than several of them.
    await setTimeout(90);
  }
  closeSync(file);
  await daemon.until('the complete file is served', () => seen.has(complete), SOON_MS);
  await reader.end();
  assert.deepEqual(
    [...seen].map((body) => body.length),
    [html('old').length, complete.length],
  );
});

test('a site folder that vanishes leaves everything as it was, and is taken up again when it is back', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  const host = `index-html.${DOMAIN}`;
  rmSync(scene.siteDir, { recursive: true });
  const line = await daemon.until('it is said', () =>
    daemon.log.find(({ msg }) => msg === 'the site cannot be read; the last good one stays'),
  );
  assert.equal(line.level, 'error');
  assert.match(String(line.problem), new RegExp(scene.siteDir));
  assert.deepEqual(await daemon.addresses(host), [scene.originAddress]);
  assert.equal((await daemon.fetch(host)).body.toString(), html('index'));

  scene.writePage('index.html', html('again'));
  await daemon.until(
    'the new folder is served',
    async () => (await daemon.fetch(host)).body.toString() === html('again'),
    SOON_MS,
  );
});
