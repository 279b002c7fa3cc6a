import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { execa } from 'execa';
import { newId, testDriverConformance, untilServing } from '../driver/conformance.js';
import { BRIDGE, makeBridge } from '../helpers/bridge.js';
import { skipWithoutTap, testInNamespace } from '../helpers/network-namespace.js';
import { KERNEL, setUpQemuDriver, skipWithoutKernel } from '../helpers/qemu-driver.js';

const setUp = async () => {
  const given = await setUpQemuDriver(KERNEL);
  const network = { kind: 'bridge', bridge: BRIDGE.name } as const;
  const addresses = ['10.9.1.2', '10.9.1.3', '10.9.1.4'];
  return { ...given, addresses, port: 80, open: () => given.open({ network }) };
};

async function taps(): Promise<readonly string[]> {
  const { stdout } = await execa('ip', ['-o', 'link', 'show', 'master', BRIDGE.name]);
  return stdout.split('\n').filter((line) => line !== '');
}

await testInNamespace(
  'machines behind a bridge',
  import.meta.url,
  skipWithoutKernel || skipWithoutTap,
  () => {
    before(makeBridge);
    testDriverConformance('qemu', setUp);

    test('a machine has its own address, IPv4 or IPv6, and its network device goes with it', async () => {
      const given = await setUp();
      const driver = given.open();
      const { page, host, bundleFile, port } = given;
      for (const address of ['10.9.1.9', 'fd00:9::9']) {
        const spec = { id: newId(), owner: newId(), page, host, bundleFile, address, port };
        const outcome = await driver.create(spec);
        assert.ok(outcome.ok, JSON.stringify(outcome));
        assert.equal((await untilServing(spec)).body.toString(), given.body);
        assert.equal((await driver.counters(spec as never))?.requests, 1);
        assert.equal((await taps()).length, 1);
        process.kill(Number(outcome.ref.split(':')[0]), 'SIGKILL');
        await driver.destroy({ id: spec.id, ref: outcome.ref });
        assert.deepEqual(await taps(), []);
      }
      await given.close();
    });
  },
);
