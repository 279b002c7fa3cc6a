import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isDotFile } from '../site/site-index.js';
import { codeOf } from './file-problem.js';

/** Whether what is written to `inner`, which may not exist yet, would become pages of the site in `outer`. */
export function isWithin(inner: string, outer: string): boolean {
  const place = relative(realPlace(resolve(outer)), realPlace(resolve(inner)));
  // Dot files are no pages, and a path that leaves the site begins with two dots.
  return !isDotFile(`/${place}`);
}

function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    codeOf(error);
    return dirname(path) === path ? path : join(realPlace(dirname(path)), basename(path));
  }
}
