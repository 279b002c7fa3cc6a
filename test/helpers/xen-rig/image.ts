import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { writeInitramfs } from '../debian-guest/initramfs.js';
import { modulesInOrder } from '../debian-guest/kernel-modules.js';
import { cacheFolder, dependencyOf, unpackedPackage } from '../debian-guest/package.js';
import {
  DOM0_FILES,
  DOM0_MODULES,
  DOM0_PACKAGES,
  dom0Address,
  INITRAMFS_INIT,
  MOST_HOSTS,
} from './dom0-system.js';

/** What QEMU boots, and what opens the door of it; all of them are files of one folder. */
export interface RigImage {
  readonly xen: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  readonly sshKey: string;
  readonly knownHosts: string;
}

/** Raised with any change of how an image is made that shows in none of its files. */
const RECIPE = 1;
/** MiB of the disk beside what is on it. */
const FREE_SPACE = 256;
const NO_DOCUMENTS = ['man', 'doc', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);

function imageAt(folder: string): RigImage {
  const file = (name: string): string => join(folder, name);
  return {
    xen: file('xen'),
    kernel: file('kernel'),
    initrd: file('initrd'),
    disk: file('disk'),
    sshKey: file('ssh-key'),
    knownHosts: file('known-hosts'),
  };
}

/**
 * Debian's Xen, and Debian as its control domain, in a folder of the cache; made anew when a package has another
 * version or the recipe changed. Takes about a minute then. Needs root, for the files' owners.
 */
export async function rigImage(): Promise<RigImage> {
  const hypervisor = await dependencyOf('xen-system-amd64');
  const version = /^xen-hypervisor-(.+)-amd64$/.exec(hypervisor)?.[1] ?? '';
  const packages = {
    hypervisor: await unpackedPackage(hypervisor),
    kernel: await unpackedPackage(await dependencyOf('linux-image-amd64')),
    utils: await unpackedPackage(`xen-utils-${version}`),
    busybox: await unpackedPackage('busybox-static'),
  };
  const node = [process.version, process.execPath];
  const recipe = JSON.stringify([
    RECIPE,
    node,
    packages,
    DOM0_PACKAGES,
    DOM0_MODULES,
    DOM0_FILES,
    INITRAMFS_INIT,
  ]);
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 16);
  const cache = join(cacheFolder(), '..', 'xen-rig');
  const folder = join(cache, key);
  if (existsSync(folder)) return imageAt(folder);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'making-'));
  try {
    await makeImage(work, version, packages);
    // Only a whole image gets its name; whoever was first has made the same.
    await rename(join(work, 'image'), folder).catch((error: Error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  for (const other of readdirSync(cache))
    if (other !== key && !other.startsWith('making-')) await rm(join(cache, other), { recursive: true });
  return imageAt(folder);
}

async function makeImage(
  work: string,
  version: string,
  packages: { readonly hypervisor: string; readonly kernel: string; readonly busybox: string },
): Promise<void> {
  const folder = join(work, 'image');
  await mkdir(folder);
  const image = imageAt(folder);
  // QEMU's own loader takes the hypervisor as it is when it is unpacked (multiboot).
  await writeFile(
    image.xen,
    gunzipSync(await readFile(join(packages.hypervisor, 'boot', `xen-${version}-amd64.gz`))),
  );
  await writeFile(image.kernel, await unpackedKernel(join(packages.kernel, 'boot')));
  await writeInitramfs(image.initrd, {
    busybox: join(packages.busybox, 'bin/busybox'),
    applets: [],
    modules: modulesInOrder(join(packages.kernel, 'lib/modules'), DOM0_MODULES),
    files: {},
    init: INITRAMFS_INIT,
  });
  const root = join(work, 'root');
  const include = [`xen-utils-${version}`, ...DOM0_PACKAGES].join(',');
  await execa('mmdebstrap', [
    ...['--quiet', '--mode=root', '--variant=minbase', `--include=${include}`, ...NO_DOCUMENTS],
    ...[codename(), root, ...sources()],
  ]);
  await writeKeys(image, root);
  for (const [path, { text, mode = 0o644 }] of Object.entries(DOM0_FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  }
  // For what is tested on the control domain itself.
  await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
  const { stdout } = await execa('du', ['--summarize', '--block-size=1M', root]);
  await execa('truncate', [`--size=${Number.parseInt(stdout, 10) + FREE_SPACE}M`, image.disk]);
  await execa('mke2fs', ['-q', '-t', 'ext4', '-m', '0', '-d', root, image.disk]);
}

async function writeKeys(image: RigImage, root: string): Promise<void> {
  const hostKey = join(root, 'etc/ssh/ssh_host_ed25519_key');
  for (const name of readdirSync(join(root, 'etc/ssh')).filter((file) => file.startsWith('ssh_host_')))
    await rm(join(root, 'etc/ssh', name));
  for (const file of [hostKey, image.sshKey])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  await mkdir(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 });
  await writeFile(join(root, 'root/.ssh/authorized_keys'), await readFile(`${image.sshKey}.pub`));
  const addresses = Array.from({ length: MOST_HOSTS }, (_, index) => dom0Address(index + 1));
  await writeFile(image.knownHosts, `${addresses.join(',')} ${await readFile(`${hostKey}.pub`, 'utf8')}`);
}

const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const ELF_MAGIC = Buffer.from('\x7fELF', 'latin1');

/** The ELF file in a kernel that unpacks itself, which takes an emulated machine seconds; the kernel as it is if there is none. */
async function unpackedKernel(boot: string): Promise<Uint8Array> {
  const name = readdirSync(boot).find((file) => file.startsWith('vmlinuz-')) ?? '';
  const packed = await readFile(join(boot, name));
  const start = packed.indexOf(XZ_MAGIC);
  if (start === -1) return packed;
  // What follows the archive makes xz fail at the end.
  const { stdout } = await execa('xz', ['--decompress', '--stdout'], {
    input: packed.subarray(start),
    encoding: 'buffer',
    reject: false,
    maxBuffer: 2 ** 30,
  });
  return Buffer.from(stdout).subarray(0, ELF_MAGIC.length).equals(ELF_MAGIC) ? stdout : packed;
}

/** Where this machine gets its packages from (sources.list(5)). */
function sources(): readonly string[] {
  const folder = '/etc/apt/sources.list.d';
  const debian = readdirSync(folder)
    .filter((name) => /\.(list|sources)$/.test(name))
    .map((name) => join(folder, name));
  return ['/etc/apt/sources.list', ...debian].filter(
    (file) => existsSync(file) && /debian/i.test(readFileSync(file, 'utf8')),
  );
}

function codename(): string {
  const name = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (name === undefined) throw new Error('/etc/os-release does not say which Debian this is');
  return name;
}
