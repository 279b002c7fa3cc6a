import { realpathSync } from 'node:fs';
import { execa } from 'execa';

/** A program of this host with the libraries that it needs, for a guest that has it at `path` (without the first `/`). */
export async function programFiles(program: string, path: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await execa('ldd', [program]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => library);
  return Object.fromEntries([
    [path, realpathSync(program)],
    ...libraries.map((library) => [library.slice(1), realpathSync(library)]),
  ]);
}
