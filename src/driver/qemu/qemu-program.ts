import { execa } from 'execa';
import type { DriverFailure } from '../driver.js';
import { failureOf } from '../system-failure.js';
import type { MachineType } from './machine-arguments.js';

/** The QEMU of this host. */
export interface QemuProgram {
  /** e.g. `7.2.22`. */
  readonly version: string;
  readonly machine: MachineType;
  /** See `MachineArguments.userArguments`. */
  readonly userArguments: readonly string[];
}

const TIMEOUT_MS = 10_000;
/** Owns nothing, on every Linux distribution. */
export const UNPRIVILEGED = { name: 'nobody', uid: 65_534 } as const;
/** QEMU 9.1, "Deprecated features": -runas is replaced by -run-with user=. */
const RUN_WITH_USER_SINCE = [9, 1] as const;

export async function inspectQemu(qemu: string): Promise<QemuProgram | DriverFailure> {
  const version = await run(qemu, ['--version']);
  if (typeof version !== 'string') return version;
  const found = /version (\d+)\.(\d+)[.\d]*/.exec(version);
  if (found === null) return { class: 'config', message: `${qemu} is no QEMU: ${version.slice(0, 80)}` };
  const machines = await run(qemu, ['-machine', 'help']);
  if (typeof machines !== 'string') return machines;
  return {
    version: found[0].replace('version ', ''),
    machine: /^microvm\b/m.test(machines) ? 'microvm' : 'q35',
    userArguments: userArguments(Number(found[1]), Number(found[2])),
  };
}

function userArguments(major: number, minor: number): readonly string[] {
  if (process.geteuid?.() !== 0) return [];
  const [sinceMajor, sinceMinor] = RUN_WITH_USER_SINCE;
  const isNew = major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
  return isNew ? ['-run-with', `user=${UNPRIVILEGED.name}`] : ['-runas', UNPRIVILEGED.name];
}

async function run(qemu: string, args: readonly string[]): Promise<string | DriverFailure> {
  const result = await execa(qemu, args, { reject: false, stdin: 'ignore', timeout: TIMEOUT_MS });
  if (!result.failed) return result.stdout;
  const { code } = (result.cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    const message = `there is no program ${qemu}: install QEMU (Debian: apt install qemu-system-x86), or name it with --qemu`;
    return { class: 'config', message };
  }
  const why = result.cause instanceof Error ? result.cause.message : (result.shortMessage ?? '');
  return { ...failureOf(result.cause ?? {}), message: `cannot run ${qemu}: ${why}` };
}
