import { join } from 'node:path';
import type { DomainType } from '../../../src/driver/xl/kernel-type.js';
import { debianGuest } from '../../helpers/debian-guest/debian-guest.js';
import { unpackedPackage } from '../../helpers/debian-guest/package.js';
import { unpackKernel } from '../../helpers/debian-guest/vmlinux.js';
import { KERNEL } from '../../helpers/qemu-driver.js';
import type { ServedPage } from '../unikernel/page.js';

/** What a domain is made of; files are this host's. */
export interface Guest {
  readonly name: string;
  readonly type: DomainType;
  readonly kernel: string;
  /** Null: none. */
  readonly ramdisk: string | null;
  /** MiB that it is run with. */
  readonly memory: number;
  /** The kernel's command line, for an address in the rig's network. */
  words(address: string): string;
}

export function pageGuest(page: ServedPage): Guest {
  return {
    name: 'page kernel',
    type: 'pvh',
    kernel: KERNEL,
    ramdisk: page.bundleFile,
    memory: 16,
    words: (address) => `hotzone.ip=${address}/24 hotzone.gw=10.77.0.1`,
  };
}

/**
 * What one would take otherwise: Debian's kernel with nothing but busybox. It is given every chance: a kernel unpacked
 * beforehand, the module of its network card alone, a quiet console, no look for faults that it cannot have.
 */
export async function debianGuestOf(folder: string, page: ServedPage): Promise<Guest> {
  const { kernel, initrd } = await debianGuest(folder, {
    modules: ['xen_netfront'],
    applets: [],
    files: { [`www${page.path}`]: page.bodyFile },
    // It waits for nothing: a timer of a processor that is emulated may come much too late.
    init: `/bin/busybox ip address add "$guest_address" dev eth0
/bin/busybox ip link set eth0 up
exec /bin/busybox httpd -f -p 80 -h /www
`,
  });
  const vmlinux = join(folder, 'vmlinux');
  await unpackKernel(kernel, vmlinux);
  return {
    name: 'Debian with busybox httpd',
    type: 'pvh',
    kernel: vmlinux,
    ramdisk: initrd,
    memory: 96,
    // A word that the kernel does not know is in the environment of process 1.
    words: (address) =>
      [
        ...[
          'console=hvc0',
          'quiet',
          'panic=-1',
          `guest_address=${address}/24`,
          'random.trust_cpu=on',
          'nokaslr',
        ],
        ...['mitigations=off', 'init_on_alloc=0', 'cryptomgr.notests', 'apparmor=0', 'selinux=0', 'audit=0'],
      ].join(' '),
  };
}

/** The smallest domain that Debian has: GRUB as a PV guest, which only stands there. */
export async function grubGuest(): Promise<Guest> {
  const kernel = join(await unpackedPackage('grub-xen-host'), 'usr/lib/grub-xen/grub-x86_64-xen.bin');
  return { name: 'pv-grub', type: 'pv', kernel, ramdisk: null, memory: 16, words: () => '' };
}
