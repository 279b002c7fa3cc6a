import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeEmptyMovie, encodePdf } from './site/documents.js';
import { htmlFiles, PAPERS } from './site/pages.js';
import { pictureFiles } from './site/pictures.js';
import { SCRIPTS } from './site/scripts.js';
import { MAIN_CSS } from './site/style.js';

export { DEMO_DOMAIN } from './site/domain.js';

/** Unix time in seconds of every file, so that two sites are the same to the byte and to the Last-Modified header. */
const MODIFIED_AT = 1_395_516_324;

/** The demo's site, by path below its folder; a path may hold a `?query`, as `wget -m` writes it. */
export function demoFiles(): ReadonlyMap<string, Buffer> {
  const text = [...htmlFiles(), ...SCRIPTS, ['/theme/css/main.css', MAIN_CSS] as const];
  return new Map([
    ...text.map(([path, content]) => [path, Buffer.from(content)] as const),
    ...pictureFiles(),
    ...PAPERS.map(({ file, title, lines }) => [`/papers/${file}`, encodePdf(title, lines)] as const),
    ['/images/blog/ardrone-experiment-1/ardrone-test.m4v', encodeEmptyMovie()] as const,
  ]);
}

/** Writes the 49 files of the demo's site below a folder, which is made if it is missing. */
export async function writeDemoSite(dir: string): Promise<void> {
  for (const [path, content] of demoFiles()) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await utimes(file, MODIFIED_AT, MODIFIED_AT);
  }
}
