import { readFile } from 'node:fs/promises';

/** The first thing that a page kernel prints, and nothing else does. */
const BANNER = /^hotzone-kernel (\S+) (\S+)\s*$/m;
/** What it prints once it takes connections. */
const SERVING = /^serving /m;

export interface KernelBanner {
  readonly version: string;
  readonly hash: string;
}

export function readBanner(console: string): KernelBanner | null {
  const [, version, hash] = BANNER.exec(console) ?? [];
  return version === undefined || hash === undefined ? null : { version, hash };
}

export function isServing(console: string): boolean {
  return SERVING.test(console);
}

/** Empty while there is none. */
export async function readConsole(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
