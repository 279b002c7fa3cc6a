import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rigImage } from './image.js';
import { makeRigNetwork, removeRigNetwork } from './network.js';
import { endHost, startHost, untilReady, type XenHost } from './xen-host.js';

/** A Xen host in a network namespace of its own. */
export type RunningRig = XenHost;

const FIRST = 1;

/** Resolves when the control domain answers at its address; `folder` is for the rig's own files. */
export async function bootRig(folder: string): Promise<RunningRig> {
  const image = await rigImage();
  mkdirSync(folder, { recursive: true });
  const namespace = `hotzone-xen-${process.pid}`;
  write(folder, { number: FIRST, namespace, image, pid: 0, log: '' });
  try {
    await makeRigNetwork(namespace);
    const rig = await startHost(namespace, image, folder, FIRST);
    write(folder, rig);
    await untilReady(rig);
    return rig;
  } catch (error) {
    await endRig(folder);
    throw new Error('the Xen rig does not start', { cause: error });
  }
}

/** What runs, by the folder that it was started with; null when nothing does. */
export function runningRig(folder: string): RunningRig | null {
  const file = join(folder, STATE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunningRig) : null;
}

/** Ends QEMU, and removes the network namespace with what else runs in it. */
export async function endRig(folder: string): Promise<void> {
  const rig = runningRig(folder);
  if (rig === null) return;
  await endHost(rig);
  await removeRigNetwork(rig.namespace);
  rmSync(join(folder, STATE), { force: true });
}

const STATE = 'rig.json';

function write(folder: string, rig: RunningRig): void {
  writeFileSync(join(folder, STATE), JSON.stringify(rig));
}
