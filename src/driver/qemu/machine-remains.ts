import { readFile, rm } from 'node:fs/promises';
import { removeCap } from './cgroup.js';
import { machineFiles } from './machine-files.js';
import { type MachineRecord, parseConfig } from './machine-record.js';
import { removeTap } from './tap.js';

/** What was written down about a machine; null when nothing was. */
export async function readRecord(stateDir: string, id: string): Promise<MachineRecord | null> {
  return parseConfig(await readFile(machineFiles(stateDir, id).config, 'utf8').catch(() => ''));
}

/** Removes what a machine leaves on the host, or would have, however it was started. */
export async function removeRemains(stateDir: string, id: string): Promise<void> {
  const record = await readRecord(stateDir, id);
  if (record !== null && record.cgroup !== null) await removeCap(record.cgroup, id);
  await removeTap(id);
  await Promise.all(Object.values(machineFiles(stateDir, id)).map((file) => rm(file, { force: true })));
}
