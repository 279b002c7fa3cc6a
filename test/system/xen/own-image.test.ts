import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pageArchive } from '../../../src/content/page-archive.js';
import { domainName } from '../../../src/driver/xl/domain-name.js';
import { kernelType } from '../../../src/driver/xl/kernel-type.js';
import type { Image } from '../../../src/policy/image.js';
import { bundleOf } from '../../helpers/bundle.js';
import { until } from '../../helpers/daemon/until.js';
import { debianGuest, skipWithoutDebian } from '../../helpers/debian-guest/debian-guest.js';
import { unpackKernel } from '../../helpers/debian-guest/vmlinux.js';
import { driverScene, firstOf } from '../../helpers/driver-scene.js';
import { ask } from '../../helpers/http.js';
import { skipWithout } from '../../helpers/program.js';
import { withoutPvhNote } from '../../helpers/pv-kernel.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { remainsOf } from '../../helpers/xen-rig/remains.js';
import { inDom0 } from '../../helpers/xen-rig/xen-host.js';
import { setUpXlDriver } from '../../helpers/xl-driver.js';

/** Serves the body that is in the archive on its first disk, and what is on its second one. */
const INIT = `mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for word in $(cat /proc/cmdline); do
  case $word in at=*) at=\${word#at=} ;; port=*) port=\${word#port=} ;; esac
done
ip address add $at dev eth0
ip link set eth0 up
mkdir /www
tar -x -f /dev/xvdb -C /www
cat /dev/xvdc > /www/second
echo x 2>/dev/null > /dev/xvdb || echo 'the disk is for reading'
echo "serves at $at as $(cat /sys/hypervisor/guest_type)"
httpd -f -p $port -h /www
`;
const SECOND = 'on the second disk\n'.padEnd(1_024, '.');
const PATIENCE_MS = 90_000;

/**
 * MirageOS' own images cannot be built here. What they are started as is the same: a kernel that is told its address on
 * its command line, PV by its ELF notes (up to MirageOS 3) or PVH (since 4), and an archive of its page as `xvdb`.
 */
await inRig("domains with the operator's own image", fileURLToPath(import.meta.url), (rig) => {
  const skip = skipWithoutDebian || skipWithout('lz4', 'lz4');
  for (const type of ['pv', 'pvh'] as const)
    test(`a ${type} kernel serves what is on its disks, and leaves neither them nor itself`, {
      skip,
    }, async (t) => {
      const given = driverScene(t, await setUpXlDriver(rig));
      const spec = firstOf(given.specs);
      const guest = await debianGuest(given.folder, {
        modules: ['xen_netfront', 'xen_blkfront'],
        applets: ['mount', 'ip', 'mkdir', 'tar', 'cat', 'httpd'],
        init: INIT,
      });
      const kernel = type === 'pv' ? await pvKernel(guest.kernel, given.folder) : guest.kernel;
      // A packed kernel says nothing of itself, and most are for PVH now.
      assert.equal(kernelType(await readFile(kernel)), type === 'pv' ? 'pv' : null);
      await writeFile(join(given.folder, `${given.host.toLowerCase()}.tar`), await pageArchive(bundleOf()));
      await writeFile(join(given.folder, 'second'), SECOND);
      const image: Image = {
        kind: 'kernel',
        kernel,
        commandLine: 'console=hvc0 quiet panic=-1 at={address}/{prefix} port={port}',
        initrd: guest.initrd,
        disks: [join(given.folder, '{host}.tar'), join(given.folder, 'second')],
      };
      const before = await remainsOf(rig);
      const driver = given.open();
      const outcome = await driver.create({ ...spec, image, memory: 128 * 2 ** 20 });
      assert.ok(outcome.ok, JSON.stringify(outcome));
      const { address, port } = spec;
      const page = (target: string) => ask({ address, port, target }).catch(() => null);
      const answer = await until('it answers', () => page('/body'), { patienceMs: PATIENCE_MS });
      assert.deepEqual([answer.status, answer.body.toString()], [200, given.body]);
      assert.equal((await page('/second'))?.body.toString(), SECOND);
      const listed = JSON.parse((await inDom0(rig, ['xl', 'list', '-l', domainName(spec)])).stdout);
      assert.equal(listed[0].config.c_info.type, type);
      const words = await driver.lastWords(spec);
      assert.match(words, /^the disk is for reading$/m);
      assert.match(words, new RegExp(`^serves at .*/24 as ${type}$`, 'mi'));
      const replica = { id: spec.id, ref: outcome.ref };
      assert.equal(await driver.counters(replica), null, 'it was asked for none');
      assert.deepEqual(await given.open().list(given.owner), [{ ...replica, address, running: true }]);
      await driver.destroy(replica);
      const { files: _, ...after } = await remainsOf(rig);
      const { files: __, ...expected } = before;
      assert.deepEqual(after, expected);
    });
});

/** Linux can be started as either; without one note it is as PV kernels are that know nothing else. */
async function pvKernel(bzImage: string, folder: string): Promise<string> {
  const kernel = join(folder, 'vmlinux');
  await unpackKernel(bzImage, kernel);
  await writeFile(kernel, withoutPvhNote(await readFile(kernel)));
  return kernel;
}
