import { join } from 'node:path';
import { Option } from 'commander';
import type { Driver } from '../driver/driver.js';
import type { CheckedPool } from '../driver/pool-check.js';
import { processDriver } from '../driver/process/process-driver.js';
import { qemuDriver } from '../driver/qemu/qemu-driver.js';
import { xlDriver } from '../driver/xl/xl-driver.js';
import type { HostTrouble } from '../driver/xl/xl-options.js';
import type { DriverName } from '../policy/policy.js';
import type { AddressPool } from '../scale/address-pool.js';
import { machineDir, type QemuSettings, qemuOptions } from './qemu-settings.js';
import { domainDir, type XenSettings, xlOptions } from './xen-settings.js';

/** Those that need nothing but this host. */
export const LOCAL_DRIVERS = ['process', 'qemu'] as const satisfies readonly DriverName[];
export type LocalDriver = (typeof LOCAL_DRIVERS)[number];
/** Those that replicas can be booted by. */
export const DRIVERS = [...LOCAL_DRIVERS, 'xl'] as const satisfies readonly DriverName[];
export type UsableDriver = (typeof DRIVERS)[number];

export function driverOption(drivers: readonly UsableDriver[]): Option {
  return new Option(
    '--driver <driver>',
    'what replicas are: processes, or unikernels in virtual machines of QEMU or Xen',
  )
    .choices(drivers)
    .default('process' satisfies LocalDriver);
}

export interface DriverSettings {
  readonly stateDir: string;
  /** Of every replica. */
  readonly port: number;
  readonly pool: AddressPool;
  readonly qemu: QemuSettings;
  readonly xen: XenSettings;
  /** Told once how virtual machines are run here. */
  readonly onChoice: (choice: string) => void;
  /** Told when a host of Xen cannot be used, and when it can again. */
  readonly onTrouble?: (trouble: HostTrouble) => void;
}

/** A host's first addresses stand for the whole pool when a driver checks whether it could bind them. */
const CHECKED_ADDRESSES = 1;

/** Every driver that there is; whether it can run here, its `check` tells, and each `create` until it can. */
export function openDrivers(settings: DriverSettings): readonly Driver[] {
  const { stateDir, onChoice, onTrouble = () => {} } = settings;
  const pool = checkedPool(settings);
  return [
    processDriver({ stateDir: replicaDir(stateDir), node: process.execPath, pool }),
    qemuDriver({ ...qemuOptions(settings.qemu, stateDir), pool, onChoice }),
    xlDriver({ ...xlOptions(settings.xen, settings.qemu.kernel, stateDir), onTrouble }),
  ];
}

/** Where page servers that are processes keep what they have. */
export function replicaDir(stateDir: string): string {
  return join(stateDir, 'replicas');
}

export function driverDirs(stateDir: string): readonly string[] {
  return [replicaDir(stateDir), machineDir(stateDir), domainDir(stateDir)];
}

export function checkedPool({ pool, port }: DriverSettings): CheckedPool {
  return { addresses: [...take(pool.addresses(0), CHECKED_ADDRESSES)], port };
}

function* take<T>(things: Iterable<T>, count: number): Iterable<T> {
  let taken = 0;
  for (const thing of things) {
    if (taken === count) return;
    taken += 1;
    yield thing;
  }
}
