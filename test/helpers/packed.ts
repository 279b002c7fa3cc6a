import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Scripts of dependencies are not run, since they would download; this is what they would build. */
const BUILT = 'node_modules/better-sqlite3/build';

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

interface Lock {
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Installs the tarball in a folder with nothing else, with the dependencies' versions as they are locked here, from npm's
 * cache; resolves to the installed package.
 */
export async function install(tarball: string, folder: string): Promise<string> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const { '': root = {}, ...others } = packages;
  const dependencies = { hotzone: `file:${tarball}` };
  const locked = {
    '': { dependencies },
    'node_modules/hotzone': {
      version: root.version,
      resolved: dependencies.hotzone,
      dependencies: root.dependencies,
      bin: root.bin,
    },
    ...Object.fromEntries(Object.entries(others).filter(([, { dev }]) => dev !== true)),
  };
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages: locked }),
  );
  await execa('npm', ['ci', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  cpSync(join(ROOT, BUILT), join(folder, BUILT), { recursive: true });
  return join(folder, 'node_modules/hotzone');
}
