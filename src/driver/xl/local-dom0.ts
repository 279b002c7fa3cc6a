import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { type Dom0, HostUnreachable, TIMED_OUT } from './dom0.js';

/** Where programs reach the hypervisor, by the module xen-privcmd, or by xenfs. */
const HYPERCALLS = ['/dev/xen/privcmd', '/proc/xen/privcmd'];
/** As shells have it (POSIX, "Exit Status for Commands"). */
const NOT_FOUND = 127;

/** This host. */
export function localDom0(folder: string): Dom0 {
  return {
    name: 'this host',
    folder,
    isHere: true,
    absence: () =>
      HYPERCALLS.some((file) => existsSync(file)) ? null : 'this host is no control domain of Xen',
    async run([program, ...args], { timeoutMs, input }) {
      const given = input === undefined ? { stdin: 'ignore' as const } : { input };
      const ended = await execa(program, args, { ...given, reject: false, timeout: timeoutMs });
      const { code } = (ended.cause ?? {}) as NodeJS.ErrnoException;
      if (code === 'ENOENT')
        return { exitCode: NOT_FOUND, stdout: '', stderr: `there is no program ${program}` };
      if (ended.timedOut) return { exitCode: TIMED_OUT, stdout: ended.stdout, stderr: ended.stderr };
      // Cut off in the middle, or never begun.
      if (ended.exitCode === undefined)
        throw new HostUnreachable('this host', ended.shortMessage ?? `${program} did not end`);
      return { exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
    },
  };
}
