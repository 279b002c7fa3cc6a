import { rm } from 'node:fs/promises';
import { machineFiles } from './machine-files.js';
import { removeTap } from './tap.js';

/** Removes what a machine leaves on the host, or would have, whatever network it was started for. */
export async function removeRemains(stateDir: string, id: string): Promise<void> {
  await Promise.all(Object.values(machineFiles(stateDir, id)).map((file) => rm(file, { force: true })));
  await removeTap(id);
}
