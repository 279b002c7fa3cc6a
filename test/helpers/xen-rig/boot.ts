import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { readStartTime } from '../../../src/driver/host-process.js';
import { DOM0_ADDRESS, READY } from './dom0-system.js';
import { type RigImage, rigImage } from './image.js';

/** A Xen host in a virtual machine, in a network namespace of its own, where its bridge is, too. */
export interface RunningRig {
  readonly namespace: string;
  readonly pid: number;
  readonly image: RigImage;
  /** What its serial console said. */
  readonly log: string;
}

/** Of the namespace's own end; the control domain has the first address. */
export const OWN_ADDRESS = '10.77.0.254';
const OWN_ADDRESS6 = 'fd00:77::254';

/** MiB: what the control domain and all others share. */
const MEMORY = 1_280;
const DOM0_MEMORY = 448;
const BOOT_TIMEOUT_MS = 180_000;
/** Seconds (timeout(1)): the end of a rig whose starter was killed. */
const LAST_RESORT = '1800';
/**
 * PVH domains need SVM with nested paging, which QEMU emulates. RDTSCP is left out since QEMU 7.2 reports it to the
 * hypervisor as another instruction, SMAP and XSAVE since the control domain dies of them.
 */
const CPU = 'qemu64,+svm,+npt,+ssse3,+sse4.1,+sse4.2,+popcnt,+pdpe1gb,+rdrand,+fsgsbase,+erms';

/** Resolves when the control domain answers at its address; `folder` is for the rig's own files. */
export async function bootRig(folder: string): Promise<RunningRig> {
  const image = await rigImage();
  mkdirSync(folder, { recursive: true });
  const namespace = `hotzone-xen-${process.pid}`;
  const log = join(folder, 'serial.log');
  await execa('ip', ['netns', 'add', namespace]);
  let rig: RunningRig = { namespace, pid: 0, image, log };
  write(folder, rig);
  try {
    for (const args of [
      ['link', 'set', 'lo', 'up'],
      ['tuntap', 'add', 'dev', 'rig', 'mode', 'tap'],
      ['address', 'add', `${OWN_ADDRESS}/24`, 'dev', 'rig'],
      ['address', 'add', `${OWN_ADDRESS6}/64`, 'dev', 'rig', 'nodad'],
      ['link', 'set', 'rig', 'up'],
    ])
      await execa('ip', ['-n', namespace, ...args]);
    // A guest that is gone must not be known for the half minute that is usual: a new one may have its address.
    for (const setting of ['base_reachable_time_ms=1000', 'retrans_time_ms=200', 'delay_first_probe_time=1'])
      for (const family of ['ipv4', 'ipv6'])
        await execa('ip', [
          'netns',
          'exec',
          namespace,
          'sysctl',
          '-qw',
          `net.${family}.neigh.rig.${setting}`,
        ]);
    const output = openSync(join(folder, 'qemu.log'), 'w');
    const command = ['netns', 'exec', namespace, 'timeout', LAST_RESORT, ...qemu(image, log)];
    const child = spawn('ip', command, { detached: true, stdio: ['ignore', output, output] });
    child.unref();
    closeSync(output);
    rig = { ...rig, pid: child.pid ?? 0 };
    write(folder, rig);
    await untilReady(rig);
    return rig;
  } catch (error) {
    const said = [log, join(folder, 'qemu.log')].map((file) => readIfThere(file).slice(-2_000));
    await endRig(folder);
    throw new Error(`the Xen rig does not start: ${said.join('\n')}`, { cause: error });
  }
}

function qemu(image: RigImage, log: string): readonly string[] {
  // Pinned: timers of a processor that moves to another one were seen to come half a minute late under emulation.
  const xen = `dom0_mem=${DOM0_MEMORY}M,max:${DOM0_MEMORY}M dom0_max_vcpus=1 dom0_vcpus_pin console=com1 com1=115200,8n1`;
  return [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...[
      '-machine',
      'pc',
      '-accel',
      'tcg,thread=multi,tb-size=256',
      '-cpu',
      CPU,
      '-smp',
      '2',
      '-m',
      String(MEMORY),
    ],
    ...['-kernel', image.xen, '-append', `${xen} noreboot spec-ctrl=no xpti=no iommu=no`],
    // A comma parts the modules.
    ...['-initrd', `${image.kernel} console=hvc0 net.ifnames=0 mitigations=off loglevel=4,${image.initrd}`],
    // Whatever is written is gone with QEMU: every rig starts from the same disk.
    ...['-drive', `file=${image.disk},format=raw,if=none,id=disk,snapshot=on,cache=unsafe`],
    ...['-device', 'virtio-blk-pci,drive=disk,disable-legacy=on'],
    ...['-netdev', 'tap,id=net,ifname=rig,script=no,downscript=no'],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-serial', `file:${log}`],
  ];
}

/** Resolves when the control domain answers. */
export async function untilReady(rig: RunningRig): Promise<void> {
  const deadline = performance.now() + BOOT_TIMEOUT_MS;
  const isReady = async (): Promise<boolean> =>
    readIfThere(rig.log).includes(READY) && (await inDom0(rig, ['xl', 'list'])).exitCode === 0;
  while (!(await isReady())) {
    if (readStartTime(rig.pid) === null) throw new Error('QEMU has ended');
    if (performance.now() > deadline) throw new Error('the control domain does not answer');
    await sleep(200);
  }
}

/** Runs a program in the control domain, over a connection of its own. */
export function inDom0({ namespace, image }: RunningRig, argv: readonly string[], input = '') {
  const options = {
    BatchMode: 'yes',
    IdentityFile: image.sshKey,
    UserKnownHostsFile: image.knownHosts,
    ConnectTimeout: '5',
    LogLevel: 'ERROR',
  };
  const ssh = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const command = ['netns', 'exec', namespace, 'ssh', ...ssh, `root@${DOM0_ADDRESS}`, ...argv];
  return execa('ip', command, { reject: false, input });
}

/** What runs, by the folder that it was started with; null when nothing does. */
export function runningRig(folder: string): RunningRig | null {
  const text = readIfThere(join(folder, STATE));
  return text === '' ? null : (JSON.parse(text) as RunningRig);
}

/** Ends QEMU and removes the network namespace. */
export async function endRig(folder: string): Promise<void> {
  const rig = runningRig(folder);
  if (rig === null) return;
  if (rig.pid !== 0) {
    // A process group: timeout(1), and QEMU below it.
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      tell(-rig.pid, signal);
      const patience = performance.now() + 5_000;
      while (readStartTime(rig.pid) !== null && performance.now() < patience) await sleep(50);
    }
  }
  await execa('ip', ['netns', 'delete', rig.namespace], { reject: false });
  rmSync(join(folder, STATE), { force: true });
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const STATE = 'rig.json';

function write(folder: string, rig: RunningRig): void {
  writeFileSync(join(folder, STATE), JSON.stringify(rig));
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'latin1') : '';
}
