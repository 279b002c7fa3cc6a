import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const SUFFIX = '.ko';

/**
 * Paths of kernel modules and of all that they need, each after what it needs itself. `folder` is searched with what is
 * below it. Throws when one is not there.
 */
export function modulesInOrder(folder: string, names: readonly string[]): readonly string[] {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(SUFFIX))
      .map((path) => [moduleName(path), join(folder, path)]),
  );
  const ordered = new Set<string>();
  const add = (name: string): void => {
    const file = files.get(moduleName(name));
    if (file === undefined) throw new Error(`there is no kernel module ${name} below ${folder}`);
    if (ordered.has(file)) return;
    for (const needed of dependenciesOf(file)) add(needed);
    ordered.add(file);
  };
  for (const name of names) add(name);
  return [...ordered];
}

/** Modules are named with `_` where their files may have `-` (modprobe(8)). */
function moduleName(path: string): string {
  return basename(path, SUFFIX).replaceAll('-', '_');
}

/** The names in `depends=` of the module's section `.modinfo`, whose strings end with a zero (modinfo(8)). */
function dependenciesOf(file: string): readonly string[] {
  const found = /\0depends=([^\0]*)\0/.exec(readFileSync(file, 'latin1'));
  if (found === null) throw new Error(`${file} does not say what it depends on`);
  return (found[1] ?? '').split(',').filter((name) => name !== '');
}
