import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { DriverFailure } from '../driver.js';
import { failureOf } from '../system-failure.js';
import { type MachineArguments, machineArguments } from './machine-arguments.js';
import { formatConfig, type MachineRecord } from './machine-record.js';

/** A QEMU that this process has started. */
export interface Qemu {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
}

export interface QemuStart {
  /** The program and what comes before its own arguments. */
  readonly command: readonly [string, ...string[]];
  readonly stateDir: string;
  readonly machine: MachineArguments;
  readonly record: MachineRecord;
}

/** Nothing for anybody but the owner (umask(2)): QEMU makes its socket with what is left. */
const OWNER_ONLY = 0o077;

/** Starts QEMU in a session of its own, with nothing of this process but the console's file. */
export async function spawnQemu(start: QemuStart): Promise<Qemu | DriverFailure> {
  const { files } = start.machine;
  let console: FileHandle;
  try {
    await mkdir(start.stateDir, { recursive: true, mode: 0o700 });
    await writeFile(files.config, formatConfig(start.machine.commandLine, start.record), { mode: 0o600 });
    console = await open(files.console, 'a', 0o600);
  } catch (error) {
    return failureOf(error);
  }
  const [program, ...before] = start.command;
  // execa's type names 3 to 9 alone; like spawn itself it takes any descriptor.
  const consoleFd = console.fd as 3;
  try {
    const umask = process.umask(OWNER_ONLY);
    const child = execa(program, [...before, ...machineArguments(start.machine)], {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      cwd: '/',
      env: {},
      extendEnv: false,
      stdin: 'ignore',
      stdout: consoleFd,
      stderr: consoleFd,
    });
    process.umask(umask);
    if (child.pid === undefined) return failureOf((await child).cause);
    child.unref();
    let over = false;
    const ended = child.then(() => {
      over = true;
    });
    return { pid: child.pid, ended, hasEnded: () => over };
  } finally {
    await console.close();
  }
}
