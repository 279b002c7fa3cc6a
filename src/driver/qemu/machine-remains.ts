import { rm } from 'node:fs/promises';
import { machineFiles } from './machine-files.js';
import type { QemuDriverOptions } from './qemu-options.js';
import { removeTap } from './tap.js';

/** Removes what a machine leaves on the host, or would have. */
export async function removeRemains(
  { stateDir, network }: Pick<QemuDriverOptions, 'stateDir' | 'network'>,
  id: string,
): Promise<void> {
  await Promise.all(Object.values(machineFiles(stateDir, id)).map((file) => rm(file, { force: true })));
  if (network.kind === 'bridge') await removeTap(id);
}
