import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { QemuNetwork } from '../../src/driver/qemu/qemu-options.js';
import { untilServing } from '../driver/conformance.js';
import { ATTACKER_BYTES, ATTACKER_IS_DONE, attackerImage, reachedOf } from '../helpers/attacker.js';
import { until } from '../helpers/daemon/until.js';
import { skipWithoutDebian } from '../helpers/debian-guest/debian-guest.js';
import { driverScene } from '../helpers/driver-scene.js';
import { KERNEL, setUpQemuDriver, skipWithoutKernel } from '../helpers/qemu-driver.js';

/**
 * What a replica that was broken into reaches. The part with a bridge runs in a network namespace, where this file runs
 * itself again.
 */
const IS_INSIDE = process.env.HOTZONE_TEST_NAMESPACE !== undefined;
const BRIDGE = 'br-hotzone';
const HOST = '10.9.1.1';
const OTHER = '10.9.1.2';
const ATTACKER = '10.9.1.3';
const USER_NETWORK_HOST = '10.0.2.2';

/** A service of the host, as the admin port is one. */
async function listen(t: TestContext, address: string): Promise<number> {
  const server = createServer((_, response) => response.end('a secret')).listen(0, address);
  t.after(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

/** Boots a page, and beside it an attacker; resolves to what the attacker's console says at the end. */
async function attack(
  t: TestContext,
  network: QemuNetwork,
  addresses: readonly [other: string, attacker: string],
  targets: (port: number) => readonly string[],
): Promise<string> {
  const given = driverScene(t, { ...(await setUpQemuDriver(KERNEL)), addresses });
  const driver = given.open({ network });
  const [other, attacker] = given.specs;
  assert.ok(other && attacker);
  assert.ok((await driver.create(other)).ok);
  await untilServing(other);
  const image = await attackerImage(given.folder, targets(given.port));
  const outcome = await driver.create({ ...attacker, image, memory: ATTACKER_BYTES });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return until(
    'the attacker has tried',
    async () => {
      const words = await driver.lastWords(attacker);
      return words.includes(ATTACKER_IS_DONE) && words;
    },
    { patienceMs: 120_000 },
  );
}

if (IS_INSIDE)
  test('behind a bridge it reaches the host, and neither another replica nor what listens on loopback alone', async (t) => {
    await execa('ip', ['link', 'set', 'lo', 'up']);
    await execa('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
    await execa('ip', ['address', 'add', `${HOST}/24`, 'dev', BRIDGE]);
    await execa('ip', ['link', 'set', BRIDGE, 'up']);
    const open = await listen(t, HOST);
    const admin = await listen(t, '127.0.0.1');
    const words = await attack(t, { kind: 'bridge', bridge: BRIDGE }, [OTHER, ATTACKER], (port) => [
      `${HOST}:${open}`,
      `${HOST}:${admin}`,
      `${OTHER}:${port}`,
    ]);
    assert.deepEqual(reachedOf(words), [`${HOST}:${open}`], words);
  });
else
  describe('a replica that was broken into', { skip: skipWithoutDebian || skipWithoutKernel }, () => {
    test("reaches nothing at all from QEMU's user network", async (t) => {
      const admin = await listen(t, '127.0.0.1');
      const others: readonly [string, string] = ['127.62.1.1', '127.62.1.2'];
      const words = await attack(t, { kind: 'user' }, others, (port) => [
        `${USER_NETWORK_HOST}:${admin}`,
        `127.62.1.1:${port}`,
        `${USER_NETWORK_HOST}:${port}`,
      ]);
      assert.deepEqual(reachedOf(words), [], words);
    });

    const skip = process.geteuid?.() === 0 ? false : 'needs root: it makes network devices';
    test('is alone with the host behind a bridge', { skip }, async () => {
      const namespace = `hotzone-isolation-${process.pid}`;
      await execa('ip', ['netns', 'add', namespace]);
      try {
        const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
        const file = fileURLToPath(import.meta.url);
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
        assert.match(output, /pass 1/);
      } finally {
        await execa('ip', ['netns', 'delete', namespace]);
      }
    });
  });
