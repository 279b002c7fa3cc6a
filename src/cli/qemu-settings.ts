import { join } from 'node:path';
import type { QemuDriverOptions } from '../driver/qemu/qemu-options.js';
import { FIELDS, type QEMU_FIELDS, type Values } from './config/fields.js';

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
  program: FIELDS.qemu.fallback,
  kernel: FIELDS.kernel.fallback,
  bridge: null,
  cgroup: null,
};

export function qemuSettings(told: Values<(typeof QEMU_FIELDS)[number]>): QemuSettings {
  return {
    program: told.qemu,
    kernel: told.kernel,
    bridge: told.bridge ?? null,
    cgroup: told.cgroup ?? null,
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
