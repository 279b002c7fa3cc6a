import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DriverFailure } from '../driver.js';
import { polled } from '../poll.js';
import { failureOf } from '../system-failure.js';

const CONTROLLERS = ['cpu', 'memory'] as const;
/** Of QEMU itself beside its guest's memory: some 40 MiB are usual. */
const OVERHEAD_MIB = 128;
const MIB = 2 ** 20;
/** One processor: microseconds in each period of as many (cgroup-v2, "cpu.max"). */
const CPU_MAX = '100000 100000';
/** A group whose last process has just ended may be busy for a moment. */
const BUSY_TIMEOUT_MS = 500;

/** Has a group's children capped, each by itself; why that cannot be, or null. */
export async function enableCaps(parent: string): Promise<DriverFailure | null> {
  try {
    const controllers = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    const lacking = CONTROLLERS.filter((name) => !controllers.includes(name));
    if (lacking.length > 0) {
      const message = `the control group ${parent} has no ${lacking.join(' and no ')} controller`;
      return { class: 'config', message };
    }
    await writeFile(join(parent, 'cgroup.subtree_control'), CONTROLLERS.map((name) => `+${name}`).join(' '));
    return null;
  } catch (error) {
    const message = `cannot use the control group ${parent}: ${(error as Error).message}`;
    return { ...failureOf(error), message };
  }
}

/** Puts a machine into a group of its own, with no more memory and processor time than it needs. */
export async function cap(
  parent: string,
  machine: { readonly id: string; readonly pid: number; readonly memory: number },
): Promise<DriverFailure | null> {
  const group = groupOf(parent, machine.id);
  try {
    await mkdir(group).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await writeFile(join(group, 'memory.max'), String((machine.memory + OVERHEAD_MIB) * MIB));
    await writeFile(join(group, 'cpu.max'), CPU_MAX);
    await writeFile(join(group, 'cgroup.procs'), String(machine.pid));
    return null;
  } catch (error) {
    return { ...failureOf(error), message: `cannot cap the machine: ${(error as Error).message}` };
  }
}

/** Without effect when there is none. */
export async function removeCap(parent: string, id: string): Promise<void> {
  const isGone = (): Promise<boolean> =>
    rmdir(groupOf(parent, id)).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
  await polled(isGone, BUSY_TIMEOUT_MS);
}

function groupOf(parent: string, id: string): string {
  return join(parent, `hotzone-${id}`);
}
