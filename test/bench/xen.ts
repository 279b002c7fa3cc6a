import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { skipWithoutDebian } from '../helpers/debian-guest/debian-guest.js';
import { skipWithout } from '../helpers/program.js';
import { bootRig, endRig, runningRig } from '../helpers/xen-rig/boot.js';
import { RIG_FOLDER_VARIABLE } from '../helpers/xen-rig/folder.js';
import { skipWithoutRig } from '../helpers/xen-rig/in-rig.js';
import type { Bench, Figure } from './figure.js';

const PROGRAM = fileURLToPath(new URL('xen/process.js', import.meta.url));

export const figures: readonly Bench[] = [{ name: 'xen', run: measure }];

/** On a real Xen, whose processor is emulated: what counts is one figure beside another. */
async function measure(): Promise<readonly Figure[]> {
  const reasons = [skipWithoutRig, skipWithoutDebian, skipWithout('lz4', 'lz4')];
  const note = reasons.find((reason) => reason !== false);
  if (typeof note === 'string') return [{ name: 'xen', value: Number.NaN, unit: 'ms', note }];
  const given = process.env[RIG_FOLDER_VARIABLE];
  const folder = given ?? mkdtempSync(join(tmpdir(), 'hotzone-rig-'));
  const results = mkdtempSync(join(tmpdir(), 'hotzone-bench-'));
  try {
    const rig = runningRig(folder) ?? (await bootRig(folder));
    const file = join(results, 'figures.json');
    // The rig's own network is the only one in which its bridge is.
    const command = ['netns', 'exec', rig.namespace, process.execPath, PROGRAM, folder, file];
    await execa('ip', command, { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' });
    return JSON.parse(readFileSync(file, 'utf8')) as readonly Figure[];
  } finally {
    if (given === undefined) {
      await endRig(folder);
      rmSync(folder, { recursive: true, force: true });
    }
    rmSync(results, { recursive: true, force: true });
  }
}
