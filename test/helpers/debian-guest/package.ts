import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** `'URI' FILE SIZE HASH`, as `apt-get download --print-uris` writes it; the file's name has the version. */
const URI_LINE = /^'[^']+' (\S+)\.deb \d+/m;

/** Packages are kept there, each version in a folder of its own (XDG Base Directory Specification). */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: base } = process.env;
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'hotzone', 'debian');
}

/**
 * Resolves to a folder that holds the files of a Debian package where its archive has them, without installing it.
 * It is fetched once a version. Throws when apt knows no such package or cannot fetch it.
 */
export async function unpackedPackage(name: string): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, await fileName(name));
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetching-'));
  try {
    await orExplain(name, execa('apt-get', ['download', name], { cwd: work }));
    const archive = (await readdir(work)).find((file) => file.endsWith('.deb')) ?? '';
    await execa('dpkg-deb', ['--extract', archive, 'files'], { cwd: work });
    // Only a whole package gets its name; who was first to fetch it wins.
    await rename(join(work, 'files'), folder).catch((error: Error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** The package that a meta package stands for at present, e.g. the newest kernel. */
export async function dependencyOf(metaPackage: string): Promise<string> {
  const { stdout } = await orExplain(metaPackage, execa('apt-cache', ['depends', metaPackage]));
  const name = /^\s*Depends: (\S+)/m.exec(stdout)?.[1];
  if (name === undefined) throw new Error(`apt knows no package that ${metaPackage} stands for: ${stdout}`);
  return name;
}

/** `NAME_VERSION_ARCHITECTURE` of what apt would fetch now. */
async function fileName(name: string): Promise<string> {
  const { stdout } = await orExplain(name, execa('apt-get', ['download', '--print-uris', name]));
  const file = URI_LINE.exec(stdout)?.[1];
  if (file === undefined) throw new Error(`apt-get says nothing of where ${name} is: ${stdout}`);
  return file;
}

async function orExplain<T>(name: string, command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot get the Debian package ${name}; try apt-get update first: ${why}`);
  }
}
