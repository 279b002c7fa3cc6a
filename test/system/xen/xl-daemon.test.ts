import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DOMAIN } from '../../helpers/daemon/hotzone.js';
import { visitOrigin } from '../../helpers/daemon/load.js';
import { html, QUICK_POLICY, Scene } from '../../helpers/daemon/scene.js';
import { ask } from '../../helpers/http.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { inDom0 } from '../../helpers/xen-rig/xen-host.js';
import { DOM0 } from '../../helpers/xl-driver.js';

const HOST = `hot-html.${DOMAIN}`;
const PAGE = '/hot.html';
/** An emulated host takes seconds for what a real one does in a tenth. */
const PATIENCE_MS = 120_000;
const POLICY = `${QUICK_POLICY.replace('maxReplicas: 3', 'maxReplicas: 2')
  .replace('bootTimeout: 5s', 'bootTimeout: 60s')
  .replace(
    'timeout: 1s, failureThreshold: 2',
    'timeout: 5s, failureThreshold: 4',
  )}placement: [{ driver: xl, memory: 16MiB }]
`;

await inRig('the daemon with domains of Xen', fileURLToPath(import.meta.url), (rig) => {
  const options = [
    ...['--xen-host', DOM0, '--xen-ssh-key', rig.image.sshKey, '--xen-known-hosts', rig.image.knownHosts],
    '--xen-plain-vif',
  ];
  const files = { 'index.html': html('index'), 'hot.html': html('hot') };
  const domains = async (): Promise<number> =>
    (await inDom0(rig, ['xl', 'list', '-v'])).stdout.split('\n').filter((line) => line.startsWith('hotzone.'))
      .length;

  test('a page that gets hot is served by domains, a new daemon takes them over, and they go with the heat', async (t) => {
    const scene = await Scene.set(t, files);
    scene.pool = '10.77.0.128/27';
    scene.writePolicy('quick.yaml', POLICY);
    const first = await scene.start({ args: options, leavesReplicas: true });
    assert.deepEqual(await first.addresses(HOST), [scene.originAddress]);
    const load = visitOrigin(first, HOST, 60);
    const addresses = await first.until(
      'two domains are answered',
      async () => {
        const found = await first.addresses(HOST);
        return found.length === 2 && !found.includes(scene.originAddress) && found;
      },
      PATIENCE_MS,
    );
    for (const address of addresses) {
      assert.match(address, /^10\.77\.0\.1[2-5]\d$/);
      assert.equal((await ask({ address, port: scene.httpPort, host: HOST })).body.toString(), html('hot'));
    }
    const before = await first.replicas();
    assert.deepEqual(
      before.map(({ driver, ref }) => [driver, ref.startsWith(`${DOM0}/hotzone.`)]),
      [
        ['xl', true],
        ['xl', true],
      ],
    );
    await load.end();
    first.signal('SIGKILL');
    await first.ended;

    const second = await scene.start({ args: options });
    await second.until('they are taken over', async () => (await second.page(PAGE)).serving > 0, PATIENCE_MS);
    const ids = before.map(({ id }) => id);
    assert.ok(
      (await second.replicas()).every(({ id }) => ids.includes(id)),
      'none was booted anew',
    );
    await second.until(
      'all domains are gone',
      async () => (await second.replicas()).length === 0,
      PATIENCE_MS,
    );
    assert.deepEqual(await second.addresses(HOST), [scene.originAddress]);
    assert.equal(await domains(), 0);
    assert.deepEqual(second.logged('a host of Xen cannot be used'), []);
    assert.equal((await second.stop()).code, 0);
  });

  test('a domain that dies is missed, told with its last words, and replaced', async (t) => {
    const scene = await Scene.set(t, files);
    scene.pool = '10.77.0.160/27';
    scene.writePolicy(
      'quick.yaml',
      POLICY.replace('maxReplicas: 2', 'minReplicas: 1\nmaxReplicas: 1').replace('["/**"]', `["${PAGE}"]`),
    );
    const daemon = await scene.start({ args: options });
    const serving = async () => (await daemon.replicas()).find(({ state }) => state === 'serving');
    const replica = await daemon.until('it serves', serving, PATIENCE_MS);
    const name = replica.ref.slice(replica.ref.indexOf('/') + 1);
    await inDom0(rig, ['xl', 'shutdown', name]);
    const other = await daemon.until(
      'another one serves',
      async () => {
        const now = await serving();
        return now !== undefined && now.id !== replica.id && now;
      },
      PATIENCE_MS,
    );
    assert.notEqual(other.address, undefined);
    const story = JSON.stringify(daemon.log);
    assert.match(story, /power off: the toolstack says so/);
    await daemon.stop();
    assert.equal(await domains(), 0);
  });
});
