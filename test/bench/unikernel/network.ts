import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { freePort } from '../../helpers/daemon.js';
import { findProgram } from '../../helpers/program.js';

/** How a machine is reached. */
export interface Network {
  /** QEMU's `-netdev` without an id. */
  readonly netdev: string;
  /** The machine's own, with the length of its prefix. */
  readonly address: string;
  readonly gateway: string;
  /** Unlike that of any other machine on the same bridge. */
  readonly mac: string;
  /** Where clients find it. */
  readonly at: { readonly address: string; readonly port: number };
  /** What clients and QEMU are started by. */
  readonly prefix: readonly string[];
}

/** QEMU's user networking: a forwarded port of loopback. Anybody may. */
export async function userNetwork(): Promise<Network> {
  const port = await freePort();
  return {
    netdev: `user,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:80`,
    address: '10.0.2.15/24',
    gateway: '10.0.2.2',
    mac: macOf(0),
    at: { address: '127.0.0.1', port },
    prefix: [],
  };
}

/** Why there can be no network of taps; null where there can be one. */
export function whyNoTaps(): string | null {
  if (findProgram('ip') === undefined) return 'needs ip: apt install iproute2';
  return process.geteuid?.() === 0 && existsSync('/dev/net/tun') ? null : 'needs root and /dev/net/tun';
}

const GATEWAY = '10.9.3.1';
const BRIDGE = 'br0';

/** Calls `use` with networks of taps on one bridge, in a namespace that nobody else sees, and removes them. */
export async function withTaps<T>(count: number, use: (taps: readonly Network[]) => Promise<T>): Promise<T> {
  const namespace = `hotzone-bench-${process.pid}`;
  const prefix = ['ip', 'netns', 'exec', namespace];
  const ip = (...args: readonly string[]) => execa('ip', ['-netns', namespace, ...args]);
  await execa('ip', ['netns', 'add', namespace]);
  try {
    await ip('link', 'add', BRIDGE, 'type', 'bridge');
    await ip('address', 'add', `${GATEWAY}/24`, 'dev', BRIDGE);
    await ip('link', 'set', BRIDGE, 'up');
    const taps: Network[] = [];
    for (let index = 0; index < count; index += 1) {
      const tap = `tap${index}`;
      await ip('tuntap', 'add', tap, 'mode', 'tap', 'vnet_hdr');
      await ip('link', 'set', tap, 'master', BRIDGE, 'up');
      const address = `10.9.3.${index + 2}`;
      taps.push({
        netdev: `tap,ifname=${tap},script=no,downscript=no`,
        address: `${address}/24`,
        gateway: GATEWAY,
        mac: macOf(index),
        at: { address, port: 80 },
        prefix,
      });
    }
    return await use(taps);
  } finally {
    await execa('ip', ['netns', 'delete', namespace]);
  }
}

function macOf(index: number): string {
  return `52:54:00:00:00:${index.toString(16).padStart(2, '0')}`;
}
