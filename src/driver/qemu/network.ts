import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { DriverFailure } from '../driver.js';
import type { KernelSettings } from './kernel-settings.js';
import type { QemuNetwork } from './qemu-options.js';
import { tapOf } from './tap.js';

/** What of a network QEMU is told, and what the kernel behind it. */
export interface Connection {
  /** `-netdev` without its id. */
  readonly netdev: string;
  readonly settings: Pick<
    KernelSettings,
    'hotzone.ip' | 'hotzone.gw' | 'hotzone.ip6' | 'hotzone.gw6' | 'hotzone.controller'
  >;
}

interface Replica {
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

/** QEMU's own network for a guest: its address, and the one that all clients seem to have (qemu.org, "Network emulation"). */
const GUEST = '10.0.2.15';
const GUEST_PREFIX = 24;
const HOST = '10.0.2.2';

export function connectionOf(network: QemuNetwork, replica: Replica): Connection | DriverFailure {
  return network.kind === 'user' ? userConnection(replica) : bridgeConnection(network.bridge, replica);
}

/** Restricted: nothing but the forwarded connections gets in or out. */
function userConnection({ address, port }: Replica): Connection | DriverFailure {
  if (isIP(address) !== 4) {
    const message = `QEMU's user network forwards IPv4 addresses alone, and ${address} is none: use a bridge for it`;
    return { class: 'config', message };
  }
  return {
    netdev: `user,restrict=on,ipv6=off,hostfwd=tcp:${address}:${port}-${GUEST}:${port}`,
    settings: {
      'hotzone.ip': `${GUEST}/${GUEST_PREFIX}`,
      'hotzone.gw': HOST,
      'hotzone.controller': HOST,
    },
  };
}

function bridgeConnection(bridge: string, { id, address }: Replica): Connection | DriverFailure {
  const family = isIP(address) === 6 ? 'IPv6' : 'IPv4';
  const own = bridgeAddress(bridge, family);
  if (own === null) {
    return { class: 'config', message: `the bridge ${bridge} is not up with an ${family} address` };
  }
  const netdev = `tap,ifname=${tapOf(id)},script=no,downscript=no`;
  const prefix = own.cidr.split('/')[1];
  const controller = { 'hotzone.controller': own.address };
  return family === 'IPv4'
    ? { netdev, settings: { 'hotzone.ip': `${address}/${prefix}`, 'hotzone.gw': own.address, ...controller } }
    : {
        netdev,
        settings: { 'hotzone.ip6': `${address}/${prefix}`, 'hotzone.gw6': own.address, ...controller },
      };
}

/** The host's own address on the bridge is its guests' gateway, and the one that their controller speaks from. */
export function bridgeAddress(
  bridge: string,
  family: 'IPv4' | 'IPv6',
): { readonly address: string; readonly cidr: string } | null {
  const own = networkInterfaces()[bridge]?.find(
    (info) => info.family === family && info.cidr !== null && !info.address.startsWith('fe80:'),
  );
  return own?.cidr ? { address: own.address, cidr: own.cidr } : null;
}

/** Locally administered (IEEE 802, the second bit of the first octet), and the same for an address each time. */
export function macOf(address: string): string {
  const digest = createHash('sha256').update(address).digest('hex');
  return ['02', ...(digest.slice(0, 10).match(/../g) ?? [])].join(':');
}
