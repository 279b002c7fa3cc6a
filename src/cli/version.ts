import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The package's folder: this file is `dist/src/cli/version.js` in it. */
export const PACKAGE_DIR = fileURLToPath(new URL('../../../', import.meta.url));

export const VERSION: string = JSON.parse(readFileSync(`${PACKAGE_DIR}package.json`, 'utf8')).version;
