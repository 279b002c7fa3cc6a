import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { execa } from 'execa';
import { Cable } from './frames.js';
import { PageVm } from './page-vm.js';

export const DEVICE = 'tap0';
export const CLIENT = '10.9.0.1';
export const SERVER = '10.9.0.2';
export const SERVER6 = 'fd00:9::2';
/** QEMU gives it to the first network card. */
export const SERVER_MAC = '52:54:00:12:34:56';
const CABLE_PORT = 5_000;

export interface PageNetwork {
  /** Frames by hand, to and from the machine. */
  readonly cable: Cable;
  /** Boots a machine with the page; only one at a time. */
  start(bundle: Uint8Array, words?: string): Promise<PageVm>;
}

/** A machine and this host at the two ends of a tap, for the tests of a network namespace. */
export async function setUpPageNetwork(): Promise<PageNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
  const cable = await Cable.open(CABLE_PORT);
  after(async () => {
    cable.close();
    await rm(folder, { recursive: true });
  });
  before(async () => {
    await execa('ip', ['link', 'set', 'lo', 'up']);
    await execa('ip', ['tuntap', 'add', DEVICE, 'mode', 'tap']);
    await execa('ip', ['address', 'add', `${CLIENT}/24`, 'dev', DEVICE]);
    await execa('ip', ['address', 'add', 'fd00:9::1/64', 'dev', DEVICE, 'nodad']);
    await execa('ip', ['link', 'set', DEVICE, 'up']);
  });
  const start = async (bundle: Uint8Array, words = ''): Promise<PageVm> => {
    const bundleFile = join(folder, 'page');
    await writeFile(bundleFile, bundle);
    const tap = { device: DEVICE, address: '10.9.0.', beside: cable.netdev };
    const ip6 = `hotzone.ip6=${SERVER6}/64 hotzone.gw6=fd00:9::1`;
    const vm = await PageVm.start({ machine: 'microvm', bundleFile, tap, words: `${ip6} ${words}` });
    await vm.serving();
    return vm;
  };
  return { cable, start };
}
