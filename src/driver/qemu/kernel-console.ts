import { readFile } from 'node:fs/promises';

/** The first thing that a page kernel prints, and nothing else does. */
const BANNER = /^hotzone-kernel (\S+) (\S+)\s*$/m;
/** What it prints once it takes connections. */
const SERVING = /^serving /m;

/** Nothing follows: the kernel has given up, or KVM has, maybe in the middle of a line, and the machine stands still. */
const FAILED = /(?:^fatal: |^panicked at |KVM internal error).*$/m;

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

export function hasFailed(console: string): boolean {
  return FAILED.test(console);
}

/** What says why there are no more lines, or else the last one. */
export function lastWord(console: string): string {
  return FAILED.exec(console)?.[0].trim() ?? console.trimEnd().split('\n').at(-1) ?? '';
}

/** Empty when there is no such file. */
export async function readConsole(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
