import { join } from 'node:path';
import type { Command } from 'commander';
import type { QemuDriverOptions } from '../driver/qemu/qemu-options.js';
import { PACKAGE_DIR } from './version.js';

/** How virtual machines are run. */
export interface QemuSettings {
  /** A path, or a name to be found in PATH. */
  readonly program: string;
  readonly kernel: string;
  /** Null: QEMU's own user network, for addresses of loopback. */
  readonly bridge: string | null;
  /** A folder of cgroup v2; null: nothing caps what a machine takes. */
  readonly cgroup: string | null;
}

export const QEMU_DEFAULTS: QemuSettings = {
  program: 'qemu-system-x86_64',
  kernel: join(PACKAGE_DIR, 'dist', 'src', 'unikernel', 'hotzone-kernel'),
  bridge: null,
  cgroup: null,
};

/** The options behind `qemuSettings`. */
export function withQemuOptions(command: Command): Command {
  return command
    .option('--qemu <program>', 'what runs virtual machines', QEMU_DEFAULTS.program)
    .option('--kernel <file>', 'the page kernel that they boot', QEMU_DEFAULTS.kernel)
    .option('--bridge <interface>', 'where they have their addresses, instead of forwarded ports on loopback')
    .option(
      '--cgroup <folder>',
      'a delegated group of cgroup v2, in which each machine gets one with caps on memory and processor time',
    );
}

export function qemuSettings(options: {
  readonly qemu: string;
  readonly kernel: string;
  readonly bridge?: string;
  readonly cgroup?: string;
}): QemuSettings {
  return {
    program: options.qemu,
    kernel: options.kernel,
    bridge: options.bridge ?? null,
    cgroup: options.cgroup ?? null,
  };
}

/** Where virtual machines keep what they have. */
export function machineDir(stateDir: string): string {
  return join(stateDir, 'machines');
}

export function qemuOptions(
  { program, kernel, bridge, cgroup }: QemuSettings,
  stateDir: string,
): Omit<QemuDriverOptions, 'pool'> {
  return {
    stateDir: machineDir(stateDir),
    qemu: program,
    kernel,
    network: bridge === null ? { kind: 'user' } : { kind: 'bridge', bridge },
    ...(cgroup === null ? {} : { cgroup }),
  };
}
