import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageArchive } from '../content/page-archive.js';
import type { SiteProduct } from './site-build.js';

/** Where the package has the unikernel's sources. */
const SOURCES = new URL('../../../src/mirage/', import.meta.url);
const FILES = ['config.ml', 'unikernel.ml', 'README.md'] as const;

/** `hotzone site mirage`: a MirageOS project whose one unikernel serves any page, and an archive for each page. */
export const mirageProject: SiteProduct = {
  contents: [...FILES, 'pages'],
  bundleDir: (folder) => join(folder, 'unfinished'),

  async write(folder, pages) {
    for (const name of FILES) await copyFile(new URL(name, SOURCES), join(folder, name));
    await mkdir(join(folder, 'pages'));
    for (const page of pages) {
      await writeFile(join(folder, this.fileOf(page)), await pageArchive(page.bundle));
    }
    await rm(this.bundleDir(folder), { recursive: true });
  },

  fileOf: ({ host }) => `pages/${host.toLowerCase()}.tar`,

  summary: (out, { pages, bytes }) =>
    `${out}/pages: ${pages} archives, ${bytes} bytes of pages; ${out}/README.md says how to build and boot the unikernel`,
};
