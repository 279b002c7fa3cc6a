import { fileURLToPath } from 'node:url';
import { type HostProcess, listProcesses } from '../../src/driver/host-process.js';
import { type PageServerArguments, parseArguments } from '../../src/driver/process/page-server-arguments.js';

const PAGE_SERVER = fileURLToPath(new URL('../../src/driver/process/page-server.js', import.meta.url));

/** Every page server that runs with its control socket below the folder, whoever started it. */
export function pageServersBelow(folder: string): Promise<readonly HostProcess<PageServerArguments>[]> {
  return listProcesses((argv) => {
    const at = argv.indexOf(PAGE_SERVER);
    const args = at === -1 ? null : parseArguments(argv.slice(at + 1));
    return args?.control.startsWith(folder) ? args : null;
  });
}

/** For what a failed test leaves. */
export async function killPageServersBelow(folder: string): Promise<void> {
  for (const { pid } of await pageServersBelow(folder)) process.kill(pid, 'SIGKILL');
}
