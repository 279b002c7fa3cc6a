import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ReplicaSpec } from '../../../src/driver/driver.js';
import type { HostTrouble } from '../../../src/driver/xl/xl-options.js';
import { newId, untilServing } from '../../driver/conformance.js';
import { until } from '../../helpers/daemon/until.js';
import { driverScene } from '../../helpers/driver-scene.js';
import { dom0Address } from '../../helpers/xen-rig/dom0-system.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { endHost, startHost, untilReady } from '../../helpers/xen-rig/xen-host.js';
import { DOM0, setUpXlDriver } from '../../helpers/xl-driver.js';

const SECOND = 2;
const OTHER_DOM0 = `root@${dom0Address(SECOND)}`;
/** A host that was silent is asked again after some seconds. */
const PATIENCE_MS = 60_000;

await inRig('two hosts of Xen', fileURLToPath(import.meta.url), (rig) => {
  test('replicas are spread; a host that dies is passed over, and taken back once it lives', async (t) => {
    const troubles: HostTrouble[] = [];
    const given = driverScene(
      t,
      await setUpXlDriver(rig, {
        hosts: [DOM0, OTHER_DOM0],
        onTrouble: (trouble) => troubles.push(trouble),
      }),
    );
    const start = async (context: TestContext) => {
      const host = await startHost(rig.namespace, rig.image, given.folder, SECOND);
      context.after(() => endHost(host));
      await untilReady(host);
      return host;
    };
    let other = await start(t);
    const driver = given.open();
    assert.equal(await driver.check(), null);
    const hosts = new Map<string, string>();
    const create = async (spec: ReplicaSpec): Promise<string> => {
      const outcome = await driver.create(spec);
      assert.ok(outcome.ok, JSON.stringify(outcome));
      const host = outcome.ref.slice(0, outcome.ref.indexOf('/'));
      hosts.set(spec.id, host);
      return host;
    };
    const at = (host: string): readonly string[] =>
      [...hosts].filter(([, its]) => its === host).map(([id]) => id);
    const running = async (): Promise<readonly string[]> =>
      (await driver.list(given.owner))
        .filter((replica) => replica.running)
        .map(({ id }) => id)
        .sort();

    // One after the other, and two at a time.
    const [first, second, third, fourth, fifth, sixth] = given.specs;
    assert.ok(first && second && third && fourth && fifth && sixth);
    await create(first);
    await create(second);
    await Promise.all([create(third), create(fourth)]);
    assert.deepEqual([at(DOM0).length, at(OTHER_DOM0).length], [2, 2]);
    for (const spec of [first, second, third, fourth])
      assert.equal((await untilServing(spec)).body.toString(), given.body);
    assert.deepEqual(await running(), [...hosts.keys()].sort());
    assert.deepEqual(troubles, []);

    await endHost(other);
    assert.equal(await create(fifth), DOM0);
    assert.equal(await driver.check(), null);
    assert.deepEqual(
      troubles.map(({ host, message }) => [host, message === null]),
      [[OTHER_DOM0, false]],
      'it is said once',
    );
    // Silence is no end.
    assert.deepEqual(await running(), [...hosts.keys()].sort());
    const lost = at(OTHER_DOM0);
    await assert.rejects(driver.destroy({ id: lost[0] ?? '', ref: '' }), /does not answer/);

    other = await start(t);
    await until('it is asked again', async () => (await running()).length === 3, { patienceMs: PATIENCE_MS });
    assert.deepEqual(await running(), at(DOM0).toSorted());
    assert.deepEqual(troubles.at(-1), { host: OTHER_DOM0, message: null });
    for (const id of lost) {
      await driver.destroy({ id, ref: '' });
      hosts.delete(id);
    }
    assert.equal(await create({ ...sixth, id: newId() }), OTHER_DOM0);
    assert.equal((await untilServing(sixth)).body.toString(), given.body);
    // With the host's end goes what is there.
    for (const { id } of await driver.list(given.owner)) await driver.destroy({ id, ref: '' });
    assert.deepEqual(await driver.list(given.owner), []);
  });
});
