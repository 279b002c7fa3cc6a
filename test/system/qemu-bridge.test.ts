import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { newId, testDriverConformance, untilServing } from '../driver/conformance.js';
import { KERNEL, setUpQemuDriver, skipWithoutKernel } from '../helpers/qemu-driver.js';

/**
 * Machines behind a bridge, in a network namespace of their own: this file runs itself again in there, where bridge and
 * addresses are nobody else's.
 */
const IS_INSIDE = process.env.HOTZONE_TEST_NAMESPACE !== undefined;
const BRIDGE = 'br-hotzone';
const skip =
  skipWithoutKernel || (process.geteuid?.() === 0 ? false : 'needs root: it makes network devices');

const setUp = async () => {
  const given = await setUpQemuDriver(KERNEL);
  const network = { kind: 'bridge', bridge: BRIDGE } as const;
  const addresses = ['10.9.1.2', '10.9.1.3', '10.9.1.4'];
  return { ...given, addresses, port: 80, open: () => given.open({ network }) };
};

async function taps(): Promise<readonly string[]> {
  const { stdout } = await execa('ip', ['-o', 'link', 'show', 'master', BRIDGE]);
  return stdout.split('\n').filter((line) => line !== '');
}

async function inside(): Promise<void> {
  before(async () => {
    await execa('ip', ['link', 'set', 'lo', 'up']);
    await execa('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
    await execa('ip', ['address', 'add', '10.9.1.1/24', 'dev', BRIDGE]);
    await execa('ip', ['address', 'add', 'fd00:9::1/64', 'dev', BRIDGE, 'nodad']);
    await execa('ip', ['link', 'set', BRIDGE, 'up']);
  });
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
}

if (IS_INSIDE) await inside();
else
  describe('machines behind a bridge', { skip }, () => {
    const namespace = `hotzone-bridge-${process.pid}`;
    before(() => execa('ip', ['netns', 'add', namespace]));
    after(() => execa('ip', ['netns', 'delete', namespace]));

    test('the driver holds to everything that drivers have to do', async () => {
      const file = fileURLToPath(import.meta.url);
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, file], {
        env: { ...environment, HOTZONE_TEST_NAMESPACE: namespace },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      const [code] = await once(child, 'close');
      assert.equal(code, 0, output);
      assert.match(output, /pass 1\d/);
    });
  });
