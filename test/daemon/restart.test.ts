import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { goOn } from '../helpers/daemon/load.js';
import { html, ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;

test('replicas outlive their daemon, and are in the first answers of the next one', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'other.html': html('other') });
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const first = await scene.start({ leavesReplicas: true });
  await first.until('both serve', async () => (await first.status()).counts.serving === 2);
  const before = scene.pageServers();
  const owner = before[0]?.owner;
  let answered = 0;
  const asking = goOn(
    first,
    async () => {
      // The last answer may come after the question was given up, and the socket closes with the process.
      await first.addresses(HOST).then(
        () => {
          answered += 1;
        },
        () => assert.ok(first.isEnding, 'no answer'),
      );
    },
    5,
  );
  assert.deepEqual(await first.stop(), { code: 0, signal: null });
  await asking.end();
  assert.ok(answered > 0);
  assert.deepEqual(scene.pageServers(), before);

  const second = scene.spawn();
  await second.ready();
  const replica = before.find(({ host }) => host === HOST);
  assert.deepEqual(await second.addresses(HOST), [replica?.address]);
  assert.deepEqual(scene.pageServers(), before);
  assert.equal((await second.replicas()).length, 2);
  for (const { id } of before) {
    const states = second.log
      .filter((line) => line.id === id && line.msg === 'a replica moved')
      .map(({ to }) => to);
    assert.deepEqual(states, ['probing', 'serving'], 'it was trusted before it was probed');
  }
  assert.equal(scene.pageServers()[0]?.owner, owner);
});

test('a replica that died while no daemon ran is in no answer, and is replaced', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const first = await scene.start({ leavesReplicas: true });
  await first.until('it serves', async () => (await first.status()).counts.serving === 1);
  assert.equal((await first.stop()).code, 0);
  const [dead] = scene.pageServers();
  assert.ok(dead);
  process.kill(dead.pid, 'SIGKILL');

  const second = await scene.start();
  assert.ok(!(await second.addresses(HOST)).includes(dead.address));
  await second.until('another serves', async () => (await second.status()).counts.serving === 1);
  assert.notEqual((await second.replicas()).find(({ state }) => state === 'serving')?.id, dead.id);
});

test('a daemon that is killed leaves its replicas to the next one too', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const first = await scene.start();
  await first.until('it serves', async () => (await first.status()).counts.serving === 1);
  const before = scene.pageServers();
  first.signal('SIGKILL');
  await first.exit();
  const second = await scene.start();
  assert.deepEqual(await second.addresses(HOST), [before[0]?.address]);
});

test('--stop-replicas leaves none, and takes them out of the answers before they end', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const daemon = await scene.start();
  await daemon.until('it serves', async () => (await daemon.addresses(HOST))[0] !== scene.originAddress);
  daemon.signal('SIGTERM');
  const asking = goOn(
    daemon,
    async () => {
      const [address] = await daemon.addresses(HOST).catch(() => []);
      if (address === undefined || address === scene.originAddress) return;
      const isThere = scene.pageServers().some((server) => server.address === address);
      assert.ok(isThere || daemon.hasEnded, `${address} was answered and had ended`);
    },
    2,
  );
  assert.deepEqual(await daemon.exit(), { code: 0, signal: null });
  await asking.end();
  assert.deepEqual(scene.pageServers(), []);
});

test('a second daemon on the same state is refused, and the first goes on', async (t) => {
  const scene = await Scene.set(t);
  const first = await scene.start();
  const second = scene.spawn();
  assert.deepEqual(await second.exit(), { code: 1, signal: null });
  assert.match(second.text, /hotzone\.db: is in use by another process; stop the other hotzone/);
  assert.deepEqual(await first.addresses(HOST), [scene.originAddress]);
});
