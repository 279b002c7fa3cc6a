import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { polled } from './poll.js';

/** A process that runs on this host now, as the kernel tells it. */
export interface HostProcess<T> {
  readonly pid: number;
  /** Clock ticks after boot; with the pid it names one process, also after the pid was used again. */
  readonly startTime: string;
  /** What its command line says. */
  readonly args: T;
}

/** Fields after the command's name, which is in parentheses and may hold anything (proc(5), stat). */
const STATE = 0;
const START_TIME = 19;
const KILL_AFTER_MS = 2_000;
const GIVE_UP_AFTER_MS = 10_000;

/**
 * All processes whose command line `parse` knows, from /proc: the truth, whatever files say. A child that has not
 * reached exec(2) still has its parent's command line and is not among them, nor is a zombie, which has none. Those of
 * other users than `users` may call themselves anything, and are left out.
 */
export async function listProcesses<T>(
  parse: (argv: readonly string[]) => T | null,
  users: readonly number[] = [process.geteuid?.() ?? 0],
): Promise<readonly HostProcess<T>[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readProcess(Number(pid), parse, users)));
  return found.filter((process) => process !== null);
}

async function readProcess<T>(
  pid: number,
  parse: (argv: readonly string[]) => T | null,
  users: readonly number[],
): Promise<HostProcess<T> | null> {
  try {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    const args = parse(argv);
    if (args === null) return null;
    if (!users.includes((await stat(`/proc/${pid}`)).uid)) return null;
    const startTime = readStartTime(pid);
    return startTime === null ? null : { pid, startTime, args };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** When a process started, or `null` if it is gone; a zombie is gone. */
export function readStartTime(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[STATE] === 'Z' || fields[STATE] === 'X' ? null : (fields[START_TIME] ?? null);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Reading about a process that ends meanwhile gives ESRCH or ENOENT; another user's may be hidden altogether. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code);
}

export type StartedProcess = Pick<HostProcess<unknown>, 'pid' | 'startTime'>;

/** A replica's handle in a driver's own words: names one process for good. */
export function refOf(process: StartedProcess): string {
  return `${process.pid}:${process.startTime}`;
}

/** Asks, then insists; resolves once the process is gone. */
export async function endProcess(process: StartedProcess): Promise<void> {
  signal(process, 'SIGTERM');
  if (await goneWithin(process, KILL_AFTER_MS)) return;
  signal(process, 'SIGKILL');
  if (await goneWithin(process, GIVE_UP_AFTER_MS)) return;
  throw new Error(`process ${process.pid} does not end`);
}

/** The start time is read again right before, so that a pid that was used again is left alone. */
function signal(started: StartedProcess, name: NodeJS.Signals): void {
  if (readStartTime(started.pid) !== started.startTime) return;
  try {
    process.kill(started.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Only a child's parent hears of its end, and replicas outlive their parents: hence polling. */
export function goneWithin(process: StartedProcess, timeoutMs: number): Promise<boolean> {
  return polled(() => readStartTime(process.pid) !== process.startTime, timeoutMs);
}
