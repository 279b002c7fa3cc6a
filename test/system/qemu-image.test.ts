import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Image } from '../../src/policy/image.js';
import { until } from '../helpers/daemon/until.js';
import { debianGuest, skipWithoutDebian } from '../helpers/debian-guest/debian-guest.js';
import { driverScene, firstOf } from '../helpers/driver-scene.js';
import { ask } from '../helpers/http.js';
import { KERNEL, setUpQemuDriver, skipWithoutKernel } from '../helpers/qemu-driver.js';

/** Serves what is on its disk, at the address and port of its command line. */
const INIT = `mount -t devtmpfs dev /dev
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in at=*) at=\${word#at=} ;; port=*) port=\${word#port=} ;; esac
done
ip link set lo up
ip address add $at dev eth0
ip link set eth0 up
mkdir /tmp/www
cat /dev/vda > /tmp/www/index.html
echo "serves at $at"
httpd -f -p $port -h /tmp/www
`;
const DISK = `${'made anew\n'.repeat(60)}`.padEnd(1_024);

describe("virtual machines with the operator's own image", {
  skip: skipWithoutDebian || skipWithoutKernel,
}, () => {
  test('a Linux with a disk boots as a replica, is adopted, and is ended', async (t) => {
    const given = driverScene(t, await setUpQemuDriver(KERNEL));
    const guest = await debianGuest(given.folder, {
      modules: ['virtio_pci', 'virtio_net', 'virtio_blk'],
      applets: ['mount', 'ip', 'mkdir', 'cat', 'httpd'],
      init: INIT,
    });
    await writeFile(join(given.folder, `${given.host.toLowerCase()}.raw`), DISK);
    const image: Image = {
      kind: 'kernel',
      kernel: guest.kernel,
      commandLine: 'console=ttyS0 quiet panic=-1 at={address}/{prefix} port={port}',
      initrd: guest.initrd,
      disks: [join(given.folder, '{host}.raw')],
    };
    const spec = { ...firstOf(given.specs), image, memory: 192 * 2 ** 20 };
    const driver = given.open();
    const outcome = await driver.create(spec);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const { address, port, host } = spec;
    const answer = await until('it answers', () => ask({ address, port, host }).catch(() => null), {
      patienceMs: 60_000,
    });
    assert.deepEqual([answer.status, answer.body.toString()], [200, DISK]);
    assert.match(await driver.lastWords(spec), /serves at 10\.0\.2\.15\/24/);
    const replica = { id: spec.id, ref: outcome.ref };
    assert.equal(await driver.counters(replica), null, 'it was asked for none');
    assert.deepEqual(await given.open().list(given.owner), [{ ...replica, address, running: true }]);
    await driver.destroy(replica);
    assert.deepEqual(await driver.list(given.owner), []);
  });

  test('a page whose name would end the command line boots nothing', async (t) => {
    const given = driverScene(t, await setUpQemuDriver(KERNEL));
    const image: Image = { kind: 'kernel', kernel: '/k', commandLine: '{page}', initrd: null, disks: [] };
    const spec = { ...firstOf(given.specs), page: '/a".html', image, memory: 2 ** 24 };
    const outcome = await given.open().create(spec);
    assert.ok(!outcome.ok && outcome.failure.class === 'config');
    assert.match(outcome.failure.message, /has a quotation mark/);
  });

  test('a kernel that is not there is the reason that is told', async (t) => {
    const given = driverScene(t, await setUpQemuDriver(KERNEL));
    const image: Image = { kind: 'kernel', kernel: '/no/kernel', commandLine: '', initrd: null, disks: [] };
    const outcome = await given.open().create({ ...firstOf(given.specs), image, memory: 2 ** 24 });
    assert.ok(!outcome.ok);
    assert.match(outcome.failure.message, /\/no\/kernel/);
  });
});
