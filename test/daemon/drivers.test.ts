import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;
const PAGE = '/index.html';

test('a driver that cannot run here is told in the log and in the explanation; the origin serves meanwhile', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', `${ONE_EACH_POLICY}placement: [{ driver: qemu, memory: 16MiB }]\n`);
  const daemon = await scene.start({ args: ['--qemu', 'qemu-of-nobody'] });
  const line = await daemon.until('it is said', () =>
    daemon.log.find(({ msg }) => msg === 'a driver cannot run replicas on this host'),
  );
  assert.equal(line.driver, 'qemu');
  assert.match(String(line.message), /there is no program qemu-of-nobody: install QEMU/);
  assert.match(
    await daemon.explain(PAGE),
    /^the driver qemu cannot run on this host: there is no program qemu-of-nobody/m,
  );
  assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);

  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  await daemon.until('the page is served', async () => (await daemon.page(PAGE)).serving === 1);
  assert.doesNotMatch(await daemon.explain(PAGE), /cannot run on this host/);
});
