import { resolve } from 'node:path';
import { fill, type KernelImage } from '../../policy/image.js';
import type { ReplicaSpec } from '../driver.js';
import { formatCommandLine } from './kernel-settings.js';
import type { MachineBoot, MachineType } from './machine-arguments.js';
import { type Connection, macOf } from './network.js';

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

/** The operator's own image, told where it is: on a `q35`, which has all that a kernel may look for. */
export function imageBoot(image: KernelImage, spec: ReplicaSpec, { settings }: Connection): MachineBoot {
  const [address = '', prefix = ''] = (settings['hotzone.ip'] ?? settings['hotzone.ip6'] ?? '').split('/');
  const { id, owner, host, page, port } = spec;
  const values = {
    ...{ address, prefix, id, owner, page },
    host: host.toLowerCase(),
    port: String(port),
    bundle: resolve(spec.bundleFile),
    gateway: settings['hotzone.gw'] ?? settings['hotzone.gw6'] ?? '',
    mac: macOf(spec.address),
  };
  return {
    machine: 'q35',
    kernel: image.kernel,
    commandLine: fill(image.commandLine, values),
    initrd: image.initrd === null ? null : fill(image.initrd, values),
    disks: image.disks.map((disk) => fill(disk, values)),
  };
}
