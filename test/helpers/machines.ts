import { type HostProcess, listProcesses } from '../../src/driver/host-process.js';
import { type MachineName, parseName } from '../../src/driver/qemu/machine-name.js';
import { UNPRIVILEGED } from '../../src/driver/qemu/qemu-program.js';

/** Every virtual machine that runs with its files below the folder, whoever started it. */
export function machinesBelow(folder: string): Promise<readonly HostProcess<MachineName>[]> {
  return listProcesses(
    (argv) => (argv[argv.indexOf('-readconfig') + 1]?.startsWith(folder) ? parseName(argv) : null),
    [process.geteuid?.() ?? 0, UNPRIVILEGED.uid],
  );
}

/** For what a failed test leaves. */
export async function killMachinesBelow(folder: string): Promise<void> {
  for (const { pid } of await machinesBelow(folder)) process.kill(pid, 'SIGKILL');
}
