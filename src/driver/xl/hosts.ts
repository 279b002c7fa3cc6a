import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DriverFailure } from '../driver.js';
import { checkStateDir } from '../state-folder.js';
import { failureOf } from '../system-failure.js';
import { HostUnreachable } from './dom0.js';
import { unwritable } from './domain-config.js';
import { Host } from './host.js';
import { localDom0 } from './local-dom0.js';
import { sshDom0 } from './ssh-dom0.js';
import { xlFailure } from './xl-failure.js';
import type { XlDriverOptions } from './xl-options.js';

const LOOK_TIMEOUT_MS = 10_000;

/** What a host runs domains with. */
export interface XenHost {
  /** e.g. `4.17.7`. */
  readonly version: string;
  /** MiB that no domain has. */
  readonly freeMemory: number;
}

export function openHosts(options: XlDriverOptions): readonly Host[] {
  const { hosts, ssh, stateDir, onTrouble = () => {} } = options;
  const dom0s =
    hosts.length === 0
      ? [localDom0(resolve(stateDir))]
      : [...new Set(hosts)].map((destination) => sshDom0(destination, ssh, resolve(stateDir)));
  return dom0s.map((dom0) => new Host(dom0, onTrouble));
}

/** Null when there is a host at which domains can be made; what is wrong with the others is told as trouble. */
export async function inspectHosts(
  options: XlDriverOptions,
  hosts: readonly Host[],
): Promise<DriverFailure | null> {
  const failure = (await checkStateDir(options.stateDir, '')) ?? (await checkKernelFile(options.kernel));
  if (failure !== null) return failure;
  const found = await Promise.all(hosts.map((host) => inspectHost(options, host)));
  const failures = found.flatMap((host, index) =>
    'class' in host ? [{ host: hosts[index]?.name ?? '', ...host }] : [],
  );
  if (failures.length === hosts.length) return failures[0] ?? null;
  // One that does not answer has been told by itself.
  for (const { host, message, class: kind } of failures)
    if (kind !== 'transient') options.onTrouble?.({ host, message });
  return null;
}

async function checkKernelFile(kernel: string): Promise<DriverFailure | null> {
  try {
    await access(kernel, constants.R_OK);
    const misfit = unwritable(resolve(kernel));
    return misfit === null ? null : { class: 'config', message: misfit };
  } catch (error) {
    const message = `cannot read the page kernel ${resolve(kernel)} (npm run kernel builds it): ${(error as Error).message}`;
    return { ...failureOf(error), message };
  }
}

/** Looks at a host: its hypervisor, its bridge, and whether the kernel gets there. */
export async function inspectHost(options: XlDriverOptions, host: Host): Promise<XenHost | DriverFailure> {
  const absence = host.dom0.absence();
  if (absence !== null) {
    const message = `${absence} (apt install xen-system-amd64, and boot it), and no other host is given (--xen-host)`;
    return { class: 'config', message };
  }
  try {
    const info = await host.dom0.run(['xl', 'info'], { timeoutMs: LOOK_TIMEOUT_MS });
    if (info.exitCode !== 0) {
      const failure = xlFailure(info);
      return { ...failure, message: `${host.name} is no control domain of Xen: ${failure.message}` };
    }
    const xen = parseInfo(info.stdout);
    if (!xen.canPvh) {
      const message = `the Xen of ${host.name} runs no PVH domains: its processor has no hardware virtualization that it may use`;
      return { class: 'config', message };
    }
    const bridge = await host.bridgeAddresses(options.bridge);
    if ('class' in bridge) return bridge;
    const kernel = await host.files.place(options.kernel);
    return typeof kernel === 'string' ? xen : kernel;
  } catch (error) {
    if (!(error instanceof HostUnreachable)) throw error;
    return { class: 'transient', message: error.message };
  }
}

/** `xl info` writes a key, blanks, a colon and a value in every line. */
export function parseInfo(text: string): XenHost & { readonly canPvh: boolean } {
  const values = new Map(
    text.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return {
    version: values.get('xen_version') ?? 'unknown',
    freeMemory: Number(values.get('free_memory') ?? 0),
    canPvh: (values.get('xen_caps') ?? '').includes('hvm-3.0-x86_64'),
  };
}
