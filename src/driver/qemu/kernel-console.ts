import { readFile } from 'node:fs/promises';

/** The first thing that a page kernel prints, and nothing else does. */
const BANNER = /^hotzone-kernel (\S+) (\S+)\s*$/m;
/** What it prints once it takes connections. */
const SERVING = /^serving /m;

/** Nothing follows: the kernel has given up, or KVM has, and leaves the machine standing still. */
const FAILED = /^(fatal: |panicked at |KVM internal error)/;

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
  return console.split('\n').some((line) => FAILED.test(line));
}

/** The line that says why there are no more, or else the last one; null when there is none. */
export function lastWord(console: string): string | null {
  const lines = console.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => FAILED.test(line)) ?? lines.at(-1))?.trim() ?? null;
}

/** Empty while there is none. */
export async function readConsole(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
