import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { skipWithout } from '../program.js';
import { writeInitramfs } from './initramfs.js';
import { modulesInOrder } from './kernel-modules.js';
import { dependencyOf, unpackedPackage } from './package.js';

/** For node:test's `skip`. */
export const skipWithoutDebian: string | false =
  (existsSync('/etc/debian_version') ? false : "needs Debian: the guest is made of Debian's packages") ||
  skipWithout('apt-get', 'apt') ||
  skipWithout('dpkg-deb', 'dpkg') ||
  skipWithout('cpio', 'cpio');

/** What a guest has beside kernel and busybox. */
export interface GuestSystem {
  /** Kernel modules, which are loaded in this order with all that they need, e.g. `virtio_net`. */
  readonly modules: readonly string[];
  /** Programs of busybox that are found under their own names, e.g. `ip`. */
  readonly applets: readonly string[];
  /** More files: paths on this host by paths in the guest; their modes stay. */
  readonly files?: Readonly<Record<string, string>>;
  /** Shell commands of process 1, with the console as their input and output; the machine panics when they end. */
  readonly init: string;
}

/** What QEMU's `-kernel` and `-initrd` take. */
export interface DebianGuest {
  readonly kernel: string;
  readonly initrd: string;
}

/** Debian's kernel for virtual machines, with busybox for everything else; the initramfs is written to the folder. */
export async function debianGuest(folder: string, system: GuestSystem): Promise<DebianGuest> {
  const kernelFiles = await unpackedPackage(await dependencyOf('linux-image-cloud-amd64'));
  const busybox = join(await unpackedPackage('busybox-static'), 'bin/busybox');
  const boot = join(kernelFiles, 'boot');
  const kernel = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'));
  if (kernel === undefined) throw new Error(`there is no kernel in ${boot}`);
  const initrd = join(folder, 'initrd');
  const { modules, applets, files = {}, init } = system;
  await writeInitramfs(initrd, {
    busybox,
    applets,
    modules: modulesInOrder(join(kernelFiles, 'lib/modules'), modules),
    files,
    init,
  });
  return { kernel: join(boot, kernel), initrd };
}
