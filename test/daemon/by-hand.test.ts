import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { visitOrigin } from '../helpers/daemon/load.js';
import { html, ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const PAGE = '/index.html';
const HOST = `index-html.${DOMAIN}`;

/** `hotzone ARGS` with the daemon's own token. */
async function order(scene: Scene, daemon: Hotzone, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await daemon.command(...args, '--state', scene.stateDir);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  return stdout;
}

async function servingOf(daemon: Hotzone): Promise<number> {
  return (await daemon.page(PAGE)).serving;
}

test('a pinned page has its number without any load, over a restart, until it is unpinned', async (t) => {
  const scene = await Scene.set(t);
  const first = await scene.start({ leavesReplicas: true });
  assert.match(
    await order(scene, first, 'pin', PAGE, '5', '--for', '1h'),
    /^\/index\.html: pinned at 5 since /,
  );
  await first.until('five serve, more than maxReplicas', async () => (await servingOf(first)) === 5);
  const { stdout } = await first.command('status');
  assert.match(stdout, /^by hand: \/index\.html pinned at 5 until 20.*Z, by 127\..*\(admin token\)$/m);
  const explained = await first.explain(PAGE);
  assert.match(explained, /pinned at 5 since 20.*, until 20/);
  assert.match(explained, /by hand +5 {2}Pinned: .*maxReplicas is 3, which a pin may pass/);
  assert.match((await first.command('plan')).stdout, /Pinned/);
  assert.equal((await first.stop()).code, 0);

  const second = await scene.start();
  await second.until('they serve again', async () => (await servingOf(second)) === 5);
  await order(scene, second, 'pin', PAGE, '2');
  await second.until('two are left', async () => (await servingOf(second)) === 2);
  assert.match(await order(scene, second, 'unpin', PAGE), /its policy decides again/);
  await second.until('nothing wants them', async () => (await second.replicas()).length === 0);
  assert.deepEqual(
    second.logged('by hand').map(({ verb }) => verb),
    ['pin', 'unpin'],
  );
});

test('a pin ends at its time by itself', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  await order(scene, daemon, 'pin', PAGE, '1', '--for', '3s');
  await daemon.until('one serves', async () => (await servingOf(daemon)) === 1);
  await daemon.until('it is over', () => daemon.logged('by hand', { verb: 'expired' })[0]);
  await daemon.until('nothing wants it', async () => (await daemon.replicas()).length === 0);
});

test('a pause holds replicas without load and boots none with it, and one that dies leaves the answers', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'hot.html': html('hot') });
  const daemon = await scene.start();
  await order(scene, daemon, 'pin', PAGE, '2');
  await daemon.until('two serve', async () => (await servingOf(daemon)) === 2);
  assert.match(await order(scene, daemon, 'pause'), /^all: every page is paused since/);
  await order(scene, daemon, 'unpin', PAGE);
  const load = visitOrigin(daemon, `hot-html.${DOMAIN}`, 60);
  await daemon.until('the load would have called for replicas', async () =>
    /hot\.html.*MetricAboveTarget|hot\.html.*Paused/s.test((await daemon.command('plan')).stdout),
  );
  const [dead] = scene.pageServers();
  assert.ok(dead);
  process.kill(dead.pid, 'SIGKILL');
  await daemon.until(
    'it has left the answers',
    async () => !(await daemon.addresses(HOST)).includes(dead.address),
  );
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.deepEqual(
    (await daemon.replicas()).filter(({ state }) => state === 'serving').map(({ page }) => page),
    [PAGE],
    'the one that died was not replaced, the other not taken away, and the hot page got none',
  );
  assert.match(await daemon.explain('/hot.html'), /by hand +0 {2}Paused: every page is paused/);
  assert.equal(
    daemon.logged('a page gets hot').length <= 1,
    true,
    'a surge that nothing may come of is no news',
  );
  await order(scene, daemon, 'resume');
  await daemon.until('the hot page has replicas', async () => (await daemon.page('/hot.html')).serving > 0);
  await load.end();
});

test('a drained replica leaves the answers, and another takes its place', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const daemon = await scene.start();
  await daemon.until('it serves', async () => (await servingOf(daemon)) === 1);
  const [replica] = await daemon.replicas();
  assert.ok(replica);
  assert.match(
    await order(scene, daemon, 'drain', replica.id.slice(0, 8)),
    /leaves the answers, drains, and ends/,
  );
  await daemon.until('another is answered', async () => {
    const [address] = await daemon.addresses(HOST);
    return address !== replica.address && address !== scene.originAddress;
  });
  const draining = (await daemon.replicas()).find(({ id }) => id === replica.id);
  assert.equal(draining?.state, 'draining', 'caches know it still');
  assert.match(draining?.reason ?? '', /drained by hand, by 127\./);
  await daemon.until(
    'it is gone',
    async () => !(await daemon.replicas()).some(({ id }) => id === replica.id),
  );
  assert.equal(
    await daemon.metric('hotzone_instance_terminations_total{driver="process",reason="by_hand"}'),
    1,
  );
});

test('a page in quarantine is let out and tried again', async (t) => {
  const scene = await Scene.set(t);
  const policy = ONE_EACH_POLICY.replace('max: 1s', 'max: 500ms, quarantineAfter: 1');
  scene.writePolicy('quick.yaml', policy.replace('bootTimeout: 5s', 'bootTimeout: 1s'));
  // TEST-NET-2 (RFC 5737): no machine has these addresses.
  scene.pool = '198.51.100.0/28';
  const daemon = await scene.start();
  await daemon.until('it is left alone', async () => /Quarantined: /.test(await daemon.explain(PAGE)));
  const tried = daemon.logged('a replica failed').length;
  assert.match(
    await order(scene, daemon, 'release', PAGE),
    /failures? in a row (is|are) forgotten, and it may boot again/,
  );
  await daemon.until('it is tried again', () => daemon.logged('a replica failed').length > tried);
  const again = await daemon.command('release', '/none.html', '--state', scene.stateDir);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /the site has no page "\/none\.html"/);
});
