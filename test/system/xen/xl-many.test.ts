import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newId, untilServing } from '../../driver/conformance.js';
import { driverScene } from '../../helpers/driver-scene.js';
import { inTurns } from '../../helpers/in-turns.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { remainsOf } from '../../helpers/xen-rig/remains.js';
import { ended, served, setUpXlDriver } from '../../helpers/xl-driver.js';

const AT_ONCE = 20;
/** What the emulated host makes side by side before its only processor starves. */
const CALLS = 4;

await inRig('many domains of Xen', fileURLToPath(import.meta.url), (rig) => {
  test(`${AT_ONCE} domains serve at once, and leave nothing`, async (t) => {
    const given = driverScene(t, await setUpXlDriver(rig));
    const driver = given.open();
    const [warm, ...specs] = given.specs.map((spec) => ({ ...spec, id: newId() })).slice(0, AT_ONCE + 1);
    assert.ok(warm);
    await served(driver, warm, given.body);
    await ended(driver, warm);
    const before = await remainsOf(rig);
    await inTurns(specs, CALLS, (spec) => served(driver, spec, given.body));
    const listed = await driver.list(given.owner);
    assert.deepEqual([listed.length, listed.every(({ running }) => running)], [AT_ONCE, true]);
    const answers = await Promise.all(specs.map(untilServing));
    assert.ok(answers.every(({ status }) => status === 200));
    await inTurns(specs, CALLS, (spec) => ended(driver, spec));
    assert.deepEqual(await remainsOf(rig), before);
  });
});
