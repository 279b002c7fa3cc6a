import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newId } from '../../driver/conformance.js';
import { driverScene } from '../../helpers/driver-scene.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { remainsOf } from '../../helpers/xen-rig/remains.js';
import { ended, served, setUpXlDriver } from '../../helpers/xl-driver.js';

/** With those of the test that has many domains at once, five dozen in one life of the host. */
const CYCLES = 40;
const SIDE_BY_SIDE = 2;

await inRig('domains of Xen that come and go', fileURLToPath(import.meta.url), (rig) => {
  test(`${CYCLES} domains were made, have served and were destroyed, and no trace of them is left`, async (t) => {
    const given = driverScene(t, await setUpXlDriver(rig));
    const driver = given.open();
    const cycle = async (address: string): Promise<void> => {
      const [first] = given.specs;
      assert.ok(first);
      const spec = { ...first, id: newId(), address };
      await served(driver, spec, given.body);
      await ended(driver, spec);
    };
    const addresses = given.addresses.slice(0, SIDE_BY_SIDE);
    await cycle(addresses[0] ?? '');
    const before = await remainsOf(rig);
    await Promise.all(
      addresses.map(async (address) => {
        for (let done = 0; done < CYCLES / SIDE_BY_SIDE; done += 1) await cycle(address);
      }),
    );
    assert.deepEqual(await driver.list(given.owner), []);
    assert.deepEqual(await remainsOf(rig), before);
  });
});
