import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { html, ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';
import { ask } from '../helpers/http.js';
import { killMachinesBelow, machinesBelow } from '../helpers/machines.js';
import { skipWithoutKernel } from '../helpers/qemu-driver.js';

const skip = skipWithoutKernel;
const HOST = `index-html.${DOMAIN}`;
const PAGE = '/index.html';
const POLICY = `${ONE_EACH_POLICY}placement: [{ driver: qemu, memory: 24MiB }]\n`;

test('a daemon that was killed leaves its unikernels to the next one, which tells a killed one', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t);
  t.after(() => killMachinesBelow(scene.stateDir));
  scene.writePolicy('quick.yaml', POLICY);
  const first = await scene.start({ leavesReplicas: true });
  await first.until('the page is served', async () => (await first.page(PAGE)).serving === 1);
  const [before] = await first.replicas();
  assert.equal(before?.driver, 'qemu');
  const address = before?.address ?? '';
  const { body } = await ask({ address, port: scene.httpPort, host: HOST });
  assert.equal(body.toString(), html('index'));
  first.signal('SIGKILL');
  await first.ended;

  const second = await scene.start();
  await second.until('it is taken over', async () => (await second.page(PAGE)).serving === 1);
  assert.deepEqual(
    (await second.replicas()).map(({ id }) => id),
    [before?.id],
  );
  const pid = Number(before?.ref.split(':')[0]);
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'latin1')).split('\0');
  assert.equal(argv[argv.indexOf('-m') + 1], '24M', 'the memory of the policy');
  process.kill(pid, 'SIGKILL');
  await second.until('another one serves', async () => {
    const now = await second.replicas();
    return now.some(({ id, state }) => id !== before?.id && state === 'serving');
  });
  const addresses = await second.addresses(HOST);
  assert.equal(addresses.length, 1);
  assert.equal((await ask({ address: addresses[0] ?? '', port: scene.httpPort, host: HOST })).status, 200);
  assert.equal((await machinesBelow(scene.stateDir)).length, 1);
  await second.stop();
  assert.deepEqual(await machinesBelow(scene.stateDir), []);
});
