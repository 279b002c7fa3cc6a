import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;
const PASSES = 3;
const DISK = '2m';

/** A scene whose state folder is a small disk of its own, and ways to fill that and make room again. */
async function sceneOnSmallDisk(t: TestContext): Promise<{ scene: Scene; fill(): void; makeRoom(): void }> {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  mkdirSync(scene.stateDir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', scene.stateDir]);
  // Before the scene's own end, which removes the folder.
  scene.atEnd(() => execFileSync('umount', [scene.stateDir]));
  const filler = join(scene.stateDir, 'filler');
  return {
    scene,
    fill: () => {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(4_096));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      }
    },
    makeRoom: () => rmSync(filler),
  };
}

/** Mounting needs privileges that even root may lack in a container. */
function skipWithoutMount(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return false;
  } catch {
    return 'needs root and the right to mount a tmpfs';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a disk without room boots nothing, keeps no dead replica in the answers, and is got over', {
  skip: skipWithoutMount(),
}, async (t) => {
  const { scene, fill, makeRoom } = await sceneOnSmallDisk(t);
  const daemon = await scene.start();
  await daemon.until('it is answered', async () => (await daemon.page('/index.html')).serving === 1);
  const serial = await daemon.serial();

  fill();
  const [victim] = scene.pageServers();
  assert.ok(victim);
  process.kill(victim.pid, 'SIGKILL');
  await daemon.until(
    'the dead one is not answered',
    async () => !(await daemon.addresses(HOST)).includes(victim.address),
  );
  assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);
  const refusals = () =>
    daemon.logged('the store refused to be written, so nothing boots', { level: 'error' }).length;
  await daemon.until('the store refuses again and again', () => refusals() >= PASSES);
  assert.deepEqual(scene.pageServers(), []);
  assert.ok((await daemon.serial()) > serial);
  assert.equal((await daemon.fetch(HOST)).status, 200);
  assert.equal((await daemon.status()).healthy, true);

  makeRoom();
  await daemon.until('another one serves', async () => (await daemon.page('/index.html')).serving === 1);
  await daemon.until('it is answered', async () => (await daemon.addresses(HOST))[0] !== scene.originAddress);
  assert.equal(scene.pageServers().length, 1);
});

test('SIGTERM on a full disk still ends the daemon and its replicas', {
  skip: skipWithoutMount(),
}, async (t) => {
  const { scene, fill } = await sceneOnSmallDisk(t);
  const daemon = await scene.start();
  await daemon.until('it is answered', async () => (await daemon.page('/index.html')).serving === 1);
  fill();
  const { code } = await daemon.stop();
  assert.equal(code, 0, daemon.story());
  assert.deepEqual(scene.pageServers(), []);
});
