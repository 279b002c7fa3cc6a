import { join } from 'node:path';

/** What a machine has in the state folder; all of it goes with the machine. */
export interface MachineFiles {
  /** What the kernel and QEMU print. */
  readonly console: string;
  /** Unix socket of QEMU's machine protocol. */
  readonly qmp: string;
  /** The kernel's command line, which has a secret and so must not stand on QEMU's. */
  readonly config: string;
}

export function machineFiles(stateDir: string, id: string): MachineFiles {
  const file = (suffix: string): string => join(stateDir, `${id}.${suffix}`);
  return { console: file('console'), qmp: file('qmp'), config: file('conf') };
}
