import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { execa } from 'execa';
import { debianGuest, skipWithoutDebian } from '../helpers/debian-guest/debian-guest.js';
import { skipWithout } from '../helpers/program.js';

const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
after(() => rm(folder, { recursive: true }));

describe('a Debian guest of the tests', {
  skip: skipWithoutDebian || skipWithout('qemu-system-x86_64', 'qemu-system-x86'),
}, () => {
  test('boots with its modules and files, and does what its process 1 is told', async () => {
    const note = join(folder, 'note');
    await writeFile(note, 'a note\n');
    const { kernel, initrd } = await debianGuest(folder, {
      modules: ['virtio_pci', 'virtio-net', 'sch_netem'],
      applets: ['mount', 'cat', 'poweroff'],
      files: { 'etc/note': note },
      init: 'mount -t proc proc /proc\ncat /etc/note /proc/modules /proc/net/dev\npoweroff -f\n',
    });
    const { stdout } = await execa('qemu-system-x86_64', [
      ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
      ...['-machine', 'q35', '-accel', 'tcg', '-m', '256M', '-kernel', kernel, '-initrd', initrd],
      ...['-append', 'console=ttyS0 quiet panic=-1', '-nic', 'user,restrict=on,model=virtio-net-pci'],
    ]);
    assert.match(stdout, /^a note\r$/m);
    assert.match(stdout, /^sch_netem .* Live /m);
    assert.match(stdout, /^virtio_net .* Live /m);
    assert.match(stdout, /^ *eth0:/m);
  });
});
