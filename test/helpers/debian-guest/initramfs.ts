import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';

export interface Initramfs {
  /** The busybox program, statically linked. */
  readonly busybox: string;
  /** Programs of busybox that are found under their own names. */
  readonly applets: readonly string[];
  /** Files of kernel modules, in the order in which they are loaded. */
  readonly modules: readonly string[];
  /** More files: paths here by paths there. */
  readonly files: Readonly<Record<string, string>>;
  /** Shell commands of process 1 once the modules are loaded. */
  readonly init: string;
}

const EMPTY_FOLDERS = ['dev', 'proc', 'sys', 'tmp'];

/** Writes an initramfs: a cpio archive, uncompressed, for unpacking takes an emulated machine longer than reading. */
export async function writeInitramfs(file: string, content: Initramfs): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'hotzone-initramfs-'));
  try {
    for (const folder of EMPTY_FOLDERS) await mkdir(join(root, folder));
    await install(root, 'bin/busybox', content.busybox);
    for (const applet of content.applets) await symlink('busybox', join(root, 'bin', applet));
    for (const module of content.modules) await install(root, modulePath(module), module);
    for (const [path, source] of Object.entries(content.files)) await install(root, path, source);
    await writeFile(join(root, 'init'), initScript(content));
    await chmod(join(root, 'init'), 0o755);
    await archive(root, file);
  } finally {
    await rm(root, { recursive: true });
  }
}

function modulePath(module: string): string {
  return join('lib/modules', basename(module));
}

function initScript({ modules, init }: Initramfs): string {
  const loads = modules.map((module) => `/bin/busybox insmod /${modulePath(module)}\n`);
  return `#!/bin/busybox sh\n${loads.join('')}${init}`;
}

async function install(root: string, path: string, source: string): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}

/** The kernel reads the format "newc" only (initramfs buffer format); everything in it is root's. */
async function archive(root: string, file: string): Promise<void> {
  const paths = (await readdir(root, { recursive: true })).sort();
  const options = ['--create', '--format=newc', '--quiet', '--reproducible', '--owner=0:0'];
  await execa('cpio', [...options, `--file=${resolve(file)}`], { cwd: root, input: `${paths.join('\n')}\n` });
}
