import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { untilServing } from '../../driver/conformance.js';
import { ATTACKER_BYTES, ATTACKER_IS_DONE, attackerImage, reachedOf, XEN } from '../../helpers/attacker.js';
import { until } from '../../helpers/daemon/until.js';
import { driverScene } from '../../helpers/driver-scene.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { OWN_ADDRESS } from '../../helpers/xen-rig/network.js';
import { setUpXlDriver } from '../../helpers/xl-driver.js';

/** The same as for virtual machines of QEMU; it shows at the same time that a domain can have an image of its own. */
await inRig('a domain that was broken into', fileURLToPath(import.meta.url), (rig) => {
  test('reaches the bridge, and neither another domain nor what listens on loopback alone', async (t) => {
    const listen = async (address: string): Promise<number> => {
      const server = createServer((_, response) => response.end('a secret')).listen(0, address);
      t.after(() => void server.close().closeAllConnections());
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    };
    const open = await listen(OWN_ADDRESS);
    const admin = await listen('127.0.0.1');
    const given = driverScene(t, await setUpXlDriver(rig));
    const driver = given.open();
    const [other, attacker] = given.specs;
    assert.ok(other && attacker && (await driver.create(other)).ok);
    await untilServing(other);
    const targets = [`${OWN_ADDRESS}:${open}`, `${OWN_ADDRESS}:${admin}`, `${other.address}:${other.port}`];
    const image = await attackerImage(given.folder, targets, XEN);
    const outcome = await driver.create({ ...attacker, image, memory: ATTACKER_BYTES });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const words = await until(
      'the attacker has tried',
      async () => {
        const said = await driver.lastWords(attacker);
        return said.includes(ATTACKER_IS_DONE) && said;
      },
      { patienceMs: 180_000 },
    );
    assert.deepEqual(reachedOf(words), [`${OWN_ADDRESS}:${open}`], words);
  });
});
