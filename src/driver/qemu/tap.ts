import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { DriverFailure } from '../driver.js';

const IP_TIMEOUT_MS = 5_000;
/** IFNAMSIZ of netdevice(7) is 16, the last byte a NUL. */
const ID_DIGITS = 12;

/** The machine's network device on the host. */
export function tapOf(id: string): string {
  return `hz-${id.replaceAll('-', '').slice(0, ID_DIGITS)}`;
}

/**
 * Makes the device and plugs it into the bridge, as a port that no other port of its kind hears or reaches (bridge(8),
 * isolated): a machine that was broken into is alone with the host. One that is there already is used.
 */
export async function addTap(id: string, bridge: string): Promise<DriverFailure | null> {
  const tap = tapOf(id);
  const added = await ip(['tuntap', 'add', 'dev', tap, 'mode', 'tap', 'vnet_hdr']);
  const failure =
    (added === null || /busy|exists/i.test(added) ? null : added) ??
    (await ip(['link', 'set', 'dev', tap, 'master', bridge])) ??
    (await ip(['link', 'set', 'dev', tap, 'type', 'bridge_slave', 'isolated', 'on'])) ??
    (await ip(['link', 'set', 'dev', tap, 'up']));
  return failure === null
    ? null
    : { class: 'config', message: `no network device for the machine: ${failure}` };
}

/** Without effect when there is none. */
export async function removeTap(id: string): Promise<void> {
  const devices = await readFile('/proc/net/dev', 'latin1');
  if (devices.includes(`${tapOf(id)}:`)) await ip(['link', 'delete', 'dev', tapOf(id)]);
}

/** What ip(8) complains about, or null. */
async function ip(args: readonly string[]): Promise<string | null> {
  const result = await execa('ip', args, { reject: false, timeout: IP_TIMEOUT_MS });
  if (!result.failed) return null;
  return result.stderr.trim() || (result.shortMessage ?? 'ip failed');
}
