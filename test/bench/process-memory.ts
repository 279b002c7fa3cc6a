import { readFileSync } from 'node:fs';

/** Megabytes of a process: resident, and with what it shares divided among those that share it. */
export interface ProcessMemory {
  readonly rss: number;
  readonly pss: number;
}

/** What proc_pid_smaps(5) sums up; of another user's process only root may know. */
export function memoryMb(pid: number): ProcessMemory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1_024;
  return { rss: of('Rss'), pss: of('Pss') };
}

/** The processes that a process has started of a program, or of a script. */
export function childrenOf(pid: number, program: string): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(`${program}\0`));
}
