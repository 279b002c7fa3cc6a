import { isIP } from 'node:net';
import { execa } from 'execa';
import { z } from 'zod';
import type { DriverFailure } from '../driver.js';
import { type BridgeAddress, parseBridgeAddresses } from '../machine/bridge.js';
import type { NetworkSettings } from '../machine/kernel-settings.js';
import type { Dom0 } from './dom0.js';
import type { Gateway } from './xl-options.js';

const IP_TIMEOUT_MS = 5_000;

/** The addresses that a host has on a bridge; a failure when it has none but link-local ones, or there is no such bridge. */
export async function bridgeAddressesAt(
  dom0: Dom0,
  bridge: string,
): Promise<readonly BridgeAddress[] | DriverFailure> {
  const argv = ['ip', '-j', 'address', 'show', 'dev', bridge] as const;
  const { exitCode, stdout } = await dom0.run(argv, { timeoutMs: IP_TIMEOUT_MS });
  const addresses = exitCode === 0 ? parseBridgeAddresses(stdout) : null;
  if (addresses !== null) return addresses;
  return { class: 'config', message: `${dom0.name} has no bridge ${bridge} that is up` };
}

/** What the kernel of a domain is told of its network. `own` are the bridge's addresses. */
export async function networkSettings(
  address: string,
  own: readonly BridgeAddress[],
  gateway: Gateway | null,
): Promise<NetworkSettings | DriverFailure> {
  const family = isIP(address) === 6 ? 'inet6' : 'inet';
  const router = gatewayFor(family, own, gateway);
  if (router === null) {
    const version = family === 'inet6' ? 'IPv6' : 'IPv4';
    const message = `the bridge has no ${version} address that could be the domains' gateway: name it with --xen-gateway`;
    return { class: 'config', message };
  }
  const controller = await sourceAddressFor(address);
  if (controller === null) {
    const message = `this host has no route to ${address}, where a domain would be`;
    return { class: 'config', message };
  }
  const cidr = `${address}/${router.prefix}`;
  const settings = { 'hotzone.controller': controller };
  return family === 'inet'
    ? { 'hotzone.ip': cidr, 'hotzone.gw': router.address, ...settings }
    : { 'hotzone.ip6': cidr, 'hotzone.gw6': router.address, ...settings };
}

function gatewayFor(
  family: BridgeAddress['family'],
  own: readonly BridgeAddress[],
  gateway: Gateway | null,
): Gateway | null {
  if (gateway !== null && (isIP(gateway.address) === 6) === (family === 'inet6')) return gateway;
  const found = own.find((address) => address.family === family);
  return found === undefined ? null : { address: found.local, prefix: found.prefixlen };
}

const routes = z.array(z.object({ prefsrc: z.string() }));

/** The address with which this machine speaks to another one (ip-route(8), "get"); null when there is no way to it. */
async function sourceAddressFor(address: string): Promise<string | null> {
  const { stdout } = await execa('ip', ['-j', 'route', 'get', address], {
    reject: false,
    timeout: IP_TIMEOUT_MS,
  });
  try {
    return routes.parse(JSON.parse(stdout ?? ''))[0]?.prefsrc ?? null;
  } catch {
    return null;
  }
}
