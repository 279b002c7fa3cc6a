import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { type PageServerArguments, parseArguments } from './page-server-arguments.js';

/** A page server that runs on this host now, as the kernel tells it. */
export interface ReplicaProcess {
  readonly pid: number;
  /** Clock ticks after boot; with the pid it names one process, also after the pid was used again. */
  readonly startTime: string;
  readonly args: PageServerArguments;
}

/** Fields after the command's name, which is in parentheses and may hold anything (proc(5), stat). */
const STATE = 0;
const START_TIME = 19;

/**
 * All page servers of this user, from every process's command line in /proc: the truth, whatever files say. A child
 * that has not reached exec(2) still has its parent's command line and is not among them, nor is a zombie, which has none.
 */
export async function listReplicaProcesses(script: string): Promise<readonly ReplicaProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readProcess(Number(pid), script)));
  return found.filter((process) => process !== null);
}

async function readProcess(pid: number, script: string): Promise<ReplicaProcess | null> {
  try {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    const at = argv.indexOf(script);
    const args = at === -1 ? null : parseArguments(argv.slice(at + 1));
    if (args === null) return null;
    // Another user's process may call itself anything.
    if ((await stat(`/proc/${pid}`)).uid !== process.geteuid?.()) return null;
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
