import { resolve } from 'node:path';
import type { ReplicaSpec } from '../driver.js';
import { imageBootOf } from '../machine/image-boot.js';
import { formatCommandLine } from '../machine/kernel-settings.js';
import type { MachineBoot, MachineType } from './machine-arguments.js';
import type { Connection } from './network.js';

/** The page kernel, with the page as its boot module. */
export function pageBoot(
  kernel: string,
  machine: MachineType,
  spec: ReplicaSpec,
  { settings }: Connection,
  token: string,
): MachineBoot {
  return {
    machine,
    kernel: resolve(kernel),
    commandLine: formatCommandLine({
      'hotzone.id': spec.id,
      'hotzone.owner': spec.owner,
      ...settings,
      'hotzone.port': String(spec.port),
      'hotzone.token': token,
    }),
    initrd: resolve(spec.bundleFile),
    disks: [],
  };
}

/** The operator's own image, on a `q35`, which has all that a kernel may look for; null: it has none. */
export function imageBoot(spec: ReplicaSpec, { settings }: Connection): MachineBoot | null {
  const boot = imageBootOf(spec, settings);
  return boot === null ? null : { machine: 'q35', ...boot };
}
