import { resolve } from 'node:path';
import { fill, type KernelImage } from '../../policy/image.js';
import type { ReplicaSpec } from '../driver.js';
import type { NetworkSettings } from './kernel-settings.js';
import { macOf } from './mac-address.js';

/** What a machine with an image of the operator's own is booted with. */
export interface ImageBoot {
  readonly kernel: string;
  readonly commandLine: string;
  /** Null: none. */
  readonly initrd: string | null;
  readonly disks: readonly string[];
}

/** The image with everything in place that its templates ask for; null: the replica runs hotzone's own. */
export function imageBootOf(
  spec: ReplicaSpec,
  network: Omit<NetworkSettings, 'hotzone.controller'>,
): ImageBoot | null {
  const image = ownImage(spec);
  if (image === null) return null;
  const [address = '', prefix = ''] = (network['hotzone.ip'] ?? network['hotzone.ip6'] ?? '').split('/');
  const { id, owner, host, page, port } = spec;
  const values = {
    ...{ address, prefix, id, owner, page },
    host: host.toLowerCase(),
    port: String(port),
    bundle: resolve(spec.bundleFile),
    gateway: network['hotzone.gw'] ?? network['hotzone.gw6'] ?? '',
    mac: macOf(spec.address),
  };
  return {
    kernel: image.kernel,
    commandLine: fill(image.commandLine, values),
    initrd: image.initrd === null ? null : fill(image.initrd, values),
    disks: image.disks.map((disk) => fill(disk, values)),
  };
}

/** Null: the page kernel. */
export function ownImage({ image }: ReplicaSpec): KernelImage | null {
  return image?.kind === 'kernel' ? image : null;
}
