import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { AnswerWatch, goOn } from '../helpers/daemon/load.js';
import { html, ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;
const PAGE = '/index.html';

/** A scene in which every page has a replica, out of a pool of only two addresses. */
async function sceneOfTwo(t: TestContext, files?: Readonly<Record<string, string>>): Promise<Scene> {
  const scene = await Scene.set(t, files);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY.replace('timeout: 1s', 'timeout: 300ms'));
  scene.pool = scene.pool.replace(/24$/, '30');
  return scene;
}

/** Something else that listens where the first replica is to listen, so that its page server cannot. */
async function occupy(t: TestContext, scene: Scene, server: Server): Promise<string> {
  const address = scene.pool.replace(/0\/30$/, '1');
  server.listen(scene.httpPort, address);
  await once(server, 'listening');
  t.after(() => server.close());
  return address;
}

/** The second address serves, and the first was in no answer at any time. */
async function expectOtherAddress(daemon: Hotzone, watch: AnswerWatch, bad: string): Promise<void> {
  await daemon.until('a sound replica is answered', async () => (await daemon.page(PAGE)).serving === 1);
  await daemon.until('it was seen', () => watch.sightings.size > 1);
  await watch.end();
  assert.ok(!watch.sightings.has(bad), `${bad} was answered`);
}

test('an address pool that is exhausted is a reason, and the origin serves the rest', async (t) => {
  const scene = await sceneOfTwo(t, { 'a.html': html('a'), 'b.html': html('b'), 'c.html': html('c') });
  const daemon = await scene.start();
  await daemon.until('two serve', async () => (await daemon.status()).counts.serving === 2);
  const left = (await daemon.pages()).find(({ serving }) => serving === 0);
  assert.ok(left);
  assert.match(
    await daemon.explain(left.path),
    new RegExp(`AddressesExhausted: the address pool ${scene.pool} has no free address: 2 of 2 are in use`),
  );
  assert.match(left.lastReason, /AddressesExhausted/);
  assert.deepEqual(await daemon.addresses(left.host), [scene.originAddress]);
  assert.equal((await daemon.status()).healthy, true);
  assert.equal(scene.pageServers().length, 2);
});

test('a replica at whose address another body is served is in no answer, and another one is tried', async (t) => {
  const scene = await sceneOfTwo(t);
  const bad = await occupy(
    t,
    scene,
    createHttpServer((_, response) => response.end('something else')),
  );
  const daemon = await scene.start();
  const watch = new AnswerWatch(daemon, HOST, html('index'));
  await expectOtherAddress(daemon, watch, bad);
  const [failed] = daemon.logged('a replica failed', { address: bad });
  assert.equal(failed?.cause, 'probe_failed');
  const [, stopping] = daemon
    .logged('a replica moved', { address: bad })
    .filter(({ to }) => to === 'failed' || to === 'stopping');
  // On a busy machine it is given up before it has said that its address is in use.
  assert.match(String(stopping?.reason), /SHA-256 is .*, the page's is [0-9a-f]{12}…/);
});

test('a replica that never answers is given up after its boot time-out', async (t) => {
  const scene = await sceneOfTwo(t);
  scene.writePolicy(
    'quick.yaml',
    ONE_EACH_POLICY.replace('timeout: 1s', 'timeout: 200ms').replace('bootTimeout: 5s', 'bootTimeout: 1s'),
  );
  const sockets = createServer(() => {});
  const bad = await occupy(t, scene, sockets);
  const daemon = await scene.start();
  const watch = new AnswerWatch(daemon, HOST, html('index'));
  const failed = await daemon.until(
    'it is given up',
    () => daemon.logged('a replica failed', { address: bad })[0],
  );
  assert.equal(failed.cause, 'boot_timeout');
  // On a busy machine the next one may be too late as well; what counts is that the bad one is in no answer.
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  await expectOtherAddress(daemon, watch, bad);
});

test('a replica that is killed leaves the answers and is replaced, and no visitor notices', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const daemon = await scene.start();
  const [address] = await daemon.until('it is answered', async () => {
    const addresses = await daemon.addresses(HOST);
    return addresses[0] !== scene.originAddress && addresses.length === 1 && addresses;
  });
  const [victim] = scene.pageServers();
  assert.ok(victim && victim.address === address);
  process.kill(victim.pid, 'SIGKILL');
  await daemon.until(
    'it is not answered',
    async () => !(await daemon.addresses(HOST)).includes(victim.address),
  );
  const visitors = goOn(daemon, async () => {
    const [first = ''] = await daemon.addresses(HOST);
    assert.equal((await daemon.fetch(HOST, first)).status, 200);
  });
  await daemon.until(
    'another one is answered',
    async () => (await daemon.addresses(HOST))[0] !== scene.originAddress,
  );
  await visitors.end();
  await daemon.until(
    'the dead one is gone',
    async () => !(await daemon.replicas()).some(({ id }) => id === victim.id),
  );
  assert.equal(scene.pageServers().length, 1);
  const ends = ['failed', 'lost'].map((reason) =>
    daemon.metric(`hotzone_instance_terminations_total{driver="process",reason="${reason}"}`),
  );
  assert.equal(
    (await Promise.all(ends)).reduce<number>((sum, end) => sum + (end ?? 0), 0),
    1,
  );
});

test('replicas that cannot be started are tried a few times, then left until the page changes', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy(
    'quick.yaml',
    ONE_EACH_POLICY.replace('max: 1s', 'max: 500ms, quarantineAfter: 2').replace(
      'bootTimeout: 5s',
      'bootTimeout: 1s',
    ),
  );
  // TEST-NET-2 (RFC 5737): no machine has these addresses.
  scene.pool = '198.51.100.0/28';
  const daemon = await scene.start();
  await daemon.until('it is left alone', async () =>
    /Quarantined: 2 failures in a row/.test(await daemon.explain(PAGE)),
  );
  assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);
  const tried = daemon.logged('a replica failed').length;
  assert.equal(tried, 2);
  assert.match(
    daemon
      .logged('a replica moved', { to: 'stopping' })
      .map(({ reason }) => reason)
      .join(),
    /it said: .*198\.51\.100\./s,
  );
  assert.equal((await daemon.status()).healthy, true);
  scene.writePage('index.html', html('changed'));
  await daemon.until('it is tried again', () => daemon.logged('a replica failed').length > tried);
});
