import { isIP } from 'node:net';
import type { DriverFailure } from '../driver.js';
import { bridgeAddresses } from '../machine/bridge.js';
import type { NetworkSettings } from '../machine/kernel-settings.js';
import type { QemuNetwork } from './qemu-options.js';
import { tapOf } from './tap.js';

/** What of a network QEMU is told, and what the kernel behind it. */
export interface Connection {
  /** `-netdev` without its id. */
  readonly netdev: string;
  readonly settings: NetworkSettings;
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

export async function connectionOf(
  network: QemuNetwork,
  replica: Replica,
): Promise<Connection | DriverFailure> {
  return network.kind === 'user' ? userConnection(replica) : bridgeConnection(network.bridge, replica);
}

/**
 * Restricted: nothing but the forwarded connections gets in or out. Two connections wait to be accepted at most
 * (libslirp, listen(2) with a backlog of 1), so that a burst of new ones is slowed down: real load wants a bridge.
 */
export function userConnection({ address, port }: Replica): Connection | DriverFailure {
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

async function bridgeConnection(
  bridge: string,
  { id, address }: Replica,
): Promise<Connection | DriverFailure> {
  const family = isIP(address) === 6 ? 'inet6' : 'inet';
  const own = (await bridgeAddresses(bridge)).find((info) => info.family === family);
  if (own === undefined) {
    const version = family === 'inet6' ? 'IPv6' : 'IPv4';
    return { class: 'config', message: `the bridge ${bridge} is not up with an ${version} address` };
  }
  const netdev = `tap,ifname=${tapOf(id)},script=no,downscript=no`;
  const cidr = `${address}/${own.prefixlen}`;
  const controller = { 'hotzone.controller': own.local };
  return family === 'inet'
    ? { netdev, settings: { 'hotzone.ip': cidr, 'hotzone.gw': own.local, ...controller } }
    : { netdev, settings: { 'hotzone.ip6': cidr, 'hotzone.gw6': own.local, ...controller } };
}
