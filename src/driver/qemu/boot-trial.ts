import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Bundle } from '../../site/bundle.js';
import { encodeBundle } from '../../site/bundle-codec.js';
import { endProcess, readStartTime } from '../host-process.js';
import { freePort } from '../listening.js';
import { askCounters } from '../machine/kernel-control.js';
import { macOf } from '../machine/mac-address.js';
import { memoryFor } from '../machine/machine-memory.js';
import { polled } from '../poll.js';
import {
  hasFailed,
  isServing,
  type KernelBanner,
  lastWord,
  readBanner,
  readConsole,
} from './kernel-console.js';
import type { Accelerator } from './machine-arguments.js';
import { pageBoot } from './machine-boot.js';
import { machineFiles } from './machine-files.js';
import { removeRemains } from './machine-remains.js';
import { userConnection } from './network.js';
import type { QemuDriverOptions } from './qemu-options.js';
import type { QemuProgram } from './qemu-program.js';
import { type Qemu, spawnQemu } from './spawn-qemu.js';

/** Whether a page kernel came to serve, or why not. */
export type Trial =
  | { readonly ok: true; readonly banner: KernelBanner }
  | { readonly ok: false; readonly reason: string };

/** Long for a kernel that needs a tenth of it; a broken KVM lets a guest hang for ever. */
const TIMEOUT_MS: Readonly<Record<Accelerator, number>> = { kvm: 2_000, tcg: 10_000 };
/** Ends a trial whose daemon was killed in the middle of it (timeout(1)); in seconds. */
const LAST_RESORT = '20';

const LOOPBACK = '127.0.0.1';
const BODY = new TextEncoder().encode('it boots\n');
const BUNDLE: Bundle = {
  host: 'trial.invalid',
  path: '/index.html',
  urlPath: '/',
  contentType: 'text/plain',
  lastModified: 0,
  digest: '0'.repeat(64),
  representations: [{ encoding: 'identity', etag: '"trial"', body: BODY }],
};

/** Boots the page kernel with a page of a few bytes, at a port of loopback that is free, and ends it again. */
export async function bootTrial(
  options: Pick<QemuDriverOptions, 'stateDir' | 'qemu' | 'kernel'>,
  program: QemuProgram,
  accelerator: Accelerator,
): Promise<Trial> {
  const id = randomUUID();
  const stateDir = resolve(options.stateDir);
  const bundle = join(stateDir, `${id}.bundle`);
  const files = machineFiles(stateDir, id);
  const at = { id, owner: 'trial', address: LOOPBACK, port: await freePort(LOOPBACK) };
  const connection = userConnection(at);
  if ('class' in connection) return { ok: false, reason: connection.message };
  const record = { address: at.address, port: at.port, token: id, cgroup: null };
  try {
    await writeFile(bundle, encodeBundle(BUNDLE), { mode: 0o600 });
    const page = { page: BUNDLE.path, host: BUNDLE.host, bundleFile: bundle };
    const boot = pageBoot(options.kernel, program.machine, { ...at, ...page }, connection, id);
    const qemu = await spawnQemu({
      command: ['timeout', LAST_RESORT, options.qemu],
      stateDir,
      machine: {
        name: at,
        ...boot,
        accelerator,
        memory: memoryFor(undefined, 0),
        files,
        netdev: connection.netdev,
        mac: macOf(at.address),
        userArguments: program.userArguments,
      },
      record,
    });
    if ('class' in qemu) return { ok: false, reason: qemu.message };
    // Emulation is the same everywhere; of KVM there are some that boot a guest and then fail it.
    const isReached = async (): Promise<boolean> =>
      accelerator === 'tcg' || (await askCounters(record)) !== null;
    return await judge(qemu, files.console, TIMEOUT_MS[accelerator], isReached);
  } finally {
    await removeRemains(stateDir, id);
    await rm(bundle, { force: true });
  }
}

async function judge(
  qemu: Qemu,
  file: string,
  timeoutMs: number,
  isReached: () => Promise<boolean>,
): Promise<Trial> {
  const startTime = readStartTime(qemu.pid);
  let console = '';
  await polled(async () => {
    const isOver = qemu.hasEnded();
    console = await readConsole(file);
    return isOver || isServing(console) || hasFailed(console);
  }, timeoutMs);
  const answers = isServing(console) && (await isReached());
  const hasEnded = qemu.hasEnded();
  if (!hasEnded && startTime !== null) await endProcess({ pid: qemu.pid, startTime });
  const banner = readBanner(console);
  if (banner !== null && answers) return { ok: true, banner };
  if (isServing(console) && !hasEnded)
    return { ok: false, reason: 'it said that it serves, and did not answer' };
  const how = hasEnded ? 'it ended' : `nothing served within ${timeoutMs} ms`;
  const word = lastWord(console);
  return { ok: false, reason: word === '' ? how : hasFailed(console) ? word : `${how}: ${word}` };
}
