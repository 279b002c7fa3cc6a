import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ReplicaSpec } from '../../../src/driver/driver.js';
import { newId, untilServing } from '../../driver/conformance.js';
import { driverScene } from '../../helpers/driver-scene.js';
import { inDom0, type RunningRig } from '../../helpers/xen-rig/boot.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { setUpXlDriver } from '../../helpers/xl-driver.js';

const AT_ONCE = 20;
/** The daemon's own limit for calls to one driver. */
const CALLS = 8;
const CYCLES = 60;
/** As many as the emulated host makes at once without waiting for one another. */
const SIDE_BY_SIDE = 3;

await inRig('many domains of Xen', fileURLToPath(import.meta.url), (rig) => {
  test(`${AT_ONCE} domains serve at once, and ${CYCLES} have come and gone without a trace`, async (t) => {
    const given = driverScene(t, await setUpXlDriver(rig));
    const driver = given.open();
    assert.equal(await driver.check(), null);
    const serve = async (spec: ReplicaSpec): Promise<void> => {
      const outcome = await driver.create(spec);
      assert.ok(outcome.ok, JSON.stringify(outcome));
      assert.equal((await untilServing(spec)).body.toString(), given.body);
    };
    const end = ({ id }: ReplicaSpec): Promise<void> => driver.destroy({ id, ref: '' });
    const [warm] = given.specs;
    assert.ok(warm);
    await serve(warm);
    await end(warm);
    const before = await remains(rig);

    const specs = given.specs.slice(0, AT_ONCE).map((spec) => ({ ...spec, id: newId() }));
    await inTurns(specs, CALLS, serve);
    const listed = await driver.list(given.owner);
    assert.deepEqual([listed.length, listed.every(({ running }) => running)], [AT_ONCE, true]);
    const answers = await Promise.all(specs.map(untilServing));
    assert.ok(answers.every(({ status }) => status === 200));
    await inTurns(specs, CALLS, end);
    assert.deepEqual(await remains(rig), before);

    const rest = Array.from({ length: CYCLES - AT_ONCE }, (_, index) => ({
      ...warm,
      id: newId(),
      address: given.addresses[index % SIDE_BY_SIDE] ?? '',
    }));
    for (let index = 0; index < rest.length; index += SIDE_BY_SIDE) {
      const batch = rest.slice(index, index + SIDE_BY_SIDE);
      await Promise.all(batch.map(serve));
      await Promise.all(batch.map(end));
    }
    assert.deepEqual(await driver.list(given.owner), []);
    assert.deepEqual(await remains(rig), before);
  });
});

/** What a domain could leave at its host, and the memory that Xen has left. */
async function remains(rig: RunningRig) {
  const said = async (...argv: readonly string[]): Promise<string> => (await inDom0(rig, argv)).stdout;
  const devices = await said('ls', '/sys/class/net');
  const store = await said('xenstore-ls', '-f');
  const info = await said('xl', 'info');
  // Xen prints a table of grants for every domain, also of one that is only kept by its grants.
  await said('xl', 'debug-keys', 'g');
  const grants = (await said('xl', 'dmesg', '-c'))
    .split('\n')
    .filter((line) => /grant-table for remote|active grant|\[ *\d+\]/.test(line));
  return {
    domains: (await said('xl', 'list', '-v')).trim().split('\n').length - 2,
    vifs: devices.split('\n').filter((name) => name.startsWith('vif')),
    store: store
      .split('\n')
      .filter((line) => /^\/(local\/domain\/(?!0\/)|libxl\/|vm\/)|\/backend\/\w+\/\d/.test(line)),
    freeMemory: /^free_memory\s*:\s*(\d+)/m.exec(info)?.[1],
    grants,
    files: (await said('ls', '/var/lib/hotzone')).split('\n'),
    logs: (await said('ls', '/var/log/xen')).split('\n').filter((name) => name.includes('hotzone')),
  };
}

async function inTurns<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
