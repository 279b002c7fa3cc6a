import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { debianGuest } from '../../helpers/debian-guest/debian-guest.js';
import { unpackKernel } from '../../helpers/debian-guest/vmlinux.js';
import { KERNEL } from '../../helpers/qemu-driver.js';
import type { Network } from './network.js';
import type { ServedPage } from './page.js';

/** One of those that are compared: a virtual machine that serves the page. */
export interface Contender {
  readonly name: string;
  /** QEMU's `-machine`. */
  readonly machine: string;
  /** MiB of translated code that QEMU keeps. */
  readonly codeBuffer: number;
  /** MiB that it is run with. */
  readonly memory: number;
  readonly kernel: string;
  readonly initrd: string;
  /** Octets of what has to be stored and handed out. */
  readonly image: number;
  /** The kernel's command line. */
  words(network: Network): string;
  /** What the console shows when it makes sense to ask. */
  readonly ready: RegExp;
  /** How long one waits for that at most, in milliseconds. */
  readonly patience: number;
}

/** As the driver starts it, with the memory that a page of up to 4 MiB gets. */
export async function pageKernel(page: ServedPage): Promise<Contender> {
  return {
    name: 'page kernel',
    machine: 'microvm,acpi=off,pic=off,rtc=off,x-option-roms=off',
    codeBuffer: 16,
    memory: 16,
    kernel: KERNEL,
    initrd: page.bundleFile,
    image: (await sizeOf(KERNEL)) + (await sizeOf(page.bundleFile)),
    words: ({ address, gateway }) => `hotzone.ip=${address} hotzone.gw=${gateway}`,
    ready: /^serving /m,
    patience: 5_000,
  };
}

/**
 * What one would take otherwise: Debian's kernel with nothing but busybox, which serves the page with its httpd. It is
 * given every chance: a kernel unpacked beforehand, only the modules of its network card, a console that is quiet, and
 * no look for devices or faults that a virtual machine has not (each of these made its start shorter when tried).
 */
export async function debianBusybox(folder: string, page: ServedPage, clockMhz: number): Promise<Contender> {
  const { kernel, initrd } = await debianGuest(folder, {
    modules: ['virtio_mmio', 'virtio_net'],
    applets: [],
    files: { [`www${page.path}`]: page.bodyFile },
    init: `/bin/busybox ip address add "$guest_address" dev eth0
/bin/busybox ip link set eth0 up
echo ready
exec /bin/busybox httpd -f -p 80 -h /www
`,
  });
  const vmlinux = join(folder, 'vmlinux');
  await unpackKernel(kernel, vmlinux);
  return {
    name: 'Debian with busybox httpd',
    // It finds its network card by ACPI alone, and waits for a second for the clock of a machine that has none.
    machine: 'microvm,acpi=on,pic=off,pit=off,rtc=on,x-option-roms=off',
    codeBuffer: 32,
    memory: 96,
    kernel: vmlinux,
    initrd,
    image: (await sizeOf(kernel)) + (await sizeOf(initrd)),
    // A word that the kernel does not know is in the environment of process 1.
    words: ({ address }) =>
      [
        ...['console=ttyS0', 'quiet', 'panic=-1', '8250.nr_uarts=1', `guest_address=${address}`],
        // Under emulation it cannot measure the speed of its clock; without knowing it, it never starts.
        ...[`tsc_early_khz=${clockMhz * 1_000}`, 'no_timer_check', 'random.trust_cpu=on', 'nokaslr'],
        ...['mitigations=off', 'init_on_alloc=0', 'cryptomgr.notests', 'apparmor=0', 'selinux=0', 'audit=0'],
        // Waits for a second for a keyboard that is not there.
        'initcall_blacklist=i8042_init',
      ].join(' '),
    ready: /^ready/m,
    patience: 30_000,
  };
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}
