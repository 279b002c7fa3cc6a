import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArguments } from '../../../src/driver/process/page-server-arguments.js';

/** A page server that runs on this machine, as the kernel tells it. */
export interface PageServerProcess {
  readonly pid: number;
  readonly owner: string;
  readonly id: string;
  readonly address: string;
  readonly host: string;
}

/** Every page server whose control socket is below the folder: those of one daemon, whoever it says it is. */
export function pageServersBelow(folder: string): readonly PageServerProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const argv = commandLine(name);
      const at = argv.indexOf('--owner');
      const args = at === -1 ? null : parseArguments(argv.slice(at));
      if (args === null || !dirname(args.control).startsWith(folder)) return [];
      const { owner, id, address, host } = args;
      return [{ pid: Number(name), owner, id, address, host }];
    });
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    // It has ended meanwhile, or is another user's.
    return [];
  }
}

/** Ends a process the hard way; one that has ended already is no mistake. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone.
  }
}
