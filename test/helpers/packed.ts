import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The sources as a clean clone of what is here has them, with the dependencies of this one. */
export async function cleanClone(folder: string): Promise<string> {
  const clone = join(folder, 'clone');
  const listed = await execa('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  for (const file of listed.stdout.split('\0').filter((name) => name !== '')) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(ROOT, file), join(clone, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

/** Runs `npm pack`; resolves to the tarball and the paths in it. */
export async function pack(
  clone: string,
): Promise<{ readonly tarball: string; readonly paths: readonly string[] }> {
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', '..'], { cwd: clone });
  // What the scripts print comes first.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  return { tarball: join(clone, '..', packed.filename), paths: packed.files.map(({ path }) => path) };
}

/**
 * Puts the tarball where `npm install` would, in a folder with nothing else. What the package says that it depends on is
 * linked to what is installed here, so that nothing has to be fetched; what it does not say is not there.
 */
export async function install(tarball: string, folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'hotzone');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  mkdirSync(installed);
  await execa('tar', [
    '--extract',
    '--gzip',
    '--strip-components=1',
    '--directory',
    installed,
    '--file',
    tarball,
  ]);
  const { bin, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly bin: { readonly hotzone: string };
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  chmodSync(join(installed, bin.hotzone), 0o755);
  symlinkSync(join('../hotzone', bin.hotzone), join(modules, '.bin/hotzone'));
}
