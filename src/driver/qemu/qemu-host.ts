import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DriverFailure } from '../driver.js';
import { bridgeAddresses } from '../machine/bridge.js';
import { checkPool } from '../pool-check.js';
import { checkStateDir } from '../state-folder.js';
import { failureOf } from '../system-failure.js';
import { bootTrial, type Trial } from './boot-trial.js';
import { enableCaps } from './cgroup.js';
import { type KernelBanner, readBanner, readConsole } from './kernel-console.js';
import type { Accelerator } from './machine-arguments.js';
import type { QemuDriverOptions } from './qemu-options.js';
import { inspectQemu, type QemuProgram } from './qemu-program.js';

/** What this host runs page kernels with. */
export interface QemuHost {
  readonly program: QemuProgram;
  readonly accelerator: { readonly name: Accelerator; readonly reason: string };
  /** As the kernel itself told it when it was tried. */
  readonly kernel: KernelBanner;
}

const KVM = '/dev/kvm';
const ACCELERATORS: readonly Accelerator[] = ['kvm', 'tcg'];

/** Looks at everything that a machine needs, and boots the kernel once; the first thing that is wrong. */
export async function inspectHost(options: QemuDriverOptions): Promise<QemuHost | DriverFailure> {
  const program = await inspectQemu(options.qemu);
  if ('class' in program) return program;
  const failure =
    (await checkStateDir(options.stateDir, '.console')) ??
    (await checkKernel(options.kernel)) ??
    (await checkNetwork(options)) ??
    (options.cgroup === undefined ? null : await enableCaps(options.cgroup));
  if (failure !== null) return failure;
  const boot = await bootOnce(options, program);
  return 'class' in boot ? boot : { program, ...boot };
}

/** Boots the page kernel under the best accelerator under which it really comes to serve. */
export async function bootOnce(
  options: Pick<QemuDriverOptions, 'stateDir' | 'qemu' | 'kernel' | 'accelerators'>,
  program: QemuProgram,
): Promise<Omit<QemuHost, 'program'> | DriverFailure> {
  const reasons: string[] = [];
  for (const name of options.accelerators ?? ACCELERATORS) {
    const trial = (name === 'kvm' ? await kvmRefusal() : null) ?? (await bootTrial(options, program, name));
    if (trial.ok) {
      const failure = await checkBanner(options.kernel, trial.banner);
      if (failure !== null) return failure;
      const reason = ['the page kernel boots under it', ...reasons].join('; ');
      return { accelerator: { name, reason }, kernel: trial.banner };
    }
    reasons.push(`not under ${name}: ${trial.reason}`);
  }
  const message = `${resolve(options.kernel)} is no page kernel that boots: ${reasons.join('; ')}`;
  return { class: 'config', message };
}

async function kvmRefusal(): Promise<Trial | null> {
  try {
    await access(KVM, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    const reason = isThere ? `this user may not use ${KVM} (add it to the group kvm)` : `there is no ${KVM}`;
    return { ok: false, reason };
  }
}

export async function checkKernel(kernel: string): Promise<DriverFailure | null> {
  try {
    await access(kernel, constants.R_OK);
    return null;
  } catch (error) {
    const message = `cannot read the page kernel ${resolve(kernel)} (npm run kernel builds it): ${(error as Error).message}`;
    return { ...failureOf(error), message };
  }
}

/** Beside a kernel lies the line that it says first; one that says another was built from other sources. */
async function checkBanner(kernel: string, { version, hash }: KernelBanner): Promise<DriverFailure | null> {
  const expected = readBanner(await readConsole(`${kernel}.txt`));
  if (expected === null || (expected.version === version && expected.hash === hash)) return null;
  const message =
    `the page kernel ${resolve(kernel)} says that it is ${version} ${hash}, and ${kernel}.txt that it is ` +
    `${expected.version} ${expected.hash} (npm run kernel builds both)`;
  return { class: 'config', message };
}

export async function checkNetwork({
  network,
  pool,
}: Pick<QemuDriverOptions, 'network' | 'pool'>): Promise<DriverFailure | null> {
  if (network.kind === 'user') return checkPool(pool);
  return (await bridgeAddresses(network.bridge)).length > 0
    ? null
    : { class: 'config', message: `the bridge ${network.bridge} is not up with an address` };
}
