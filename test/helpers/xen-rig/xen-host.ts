import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { readStartTime } from '../../../src/driver/host-process.js';
import { dom0Address, READY } from './dom0-system.js';
import type { RigImage } from './image.js';
import { plugIn } from './network.js';

/** A Xen host in a virtual machine, whose bridge is joined to the one of a network namespace. */
export interface XenHost {
  /** It has this number in its addresses; hosts of one namespace have different ones. */
  readonly number: number;
  readonly namespace: string;
  readonly image: RigImage;
  /** Of the process group of QEMU; 0: it was not started yet. */
  readonly pid: number;
  /** What its serial console said. */
  readonly log: string;
}

/** MiB: what the control domain and all others share. */
const MEMORY = 1_280;
const DOM0_MEMORY = 448;
const BOOT_TIMEOUT_MS = 180_000;
/** Seconds (timeout(1)): the end of a host whose starter was killed. */
const LAST_RESORT = '1800';
/**
 * PVH domains need SVM with nested paging, which QEMU emulates. RDTSCP is left out since QEMU 7.2 reports it to the
 * hypervisor as another instruction, SMAP and XSAVE since the control domain dies of them.
 */
const CPU = 'qemu64,+svm,+npt,+ssse3,+sse4.1,+sse4.2,+popcnt,+pdpe1gb,+rdrand,+fsgsbase,+erms';

/** Starts one; `folder` is for its files. */
export async function startHost(
  namespace: string,
  image: RigImage,
  folder: string,
  number: number,
): Promise<XenHost> {
  const device = `rig-${number}`;
  await plugIn(namespace, device);
  const log = join(folder, `serial-${number}.log`);
  const output = openSync(qemuLog(log, number), 'w');
  const command = ['netns', 'exec', namespace, 'timeout', LAST_RESORT, ...qemu(image, log, number, device)];
  const child = spawn('ip', command, { detached: true, stdio: ['ignore', output, output] });
  child.unref();
  closeSync(output);
  return { number, namespace, image, pid: child.pid ?? 0, log };
}

function qemu(image: RigImage, log: string, number: number, device: string): readonly string[] {
  // Pinned: timers of a processor that moves to another one were seen to come half a minute late under emulation.
  const xen = `dom0_mem=${DOM0_MEMORY}M,max:${DOM0_MEMORY}M dom0_max_vcpus=1 dom0_vcpus_pin console=com1 com1=115200,8n1`;
  // A word that Linux does not know is in the environment of process 1.
  const linux = `console=hvc0 net.ifnames=0 mitigations=off loglevel=4 rig_host=${number}`;
  return [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'pc', '-accel', 'tcg,thread=multi,tb-size=256', '-cpu', CPU],
    ...['-smp', '2', '-m', String(MEMORY)],
    ...['-kernel', image.xen, '-append', `${xen} noreboot spec-ctrl=no xpti=no iommu=no`],
    // A comma parts the modules.
    ...['-initrd', `${image.kernel} ${linux},${image.initrd}`],
    // Whatever is written is gone with QEMU: every host starts from the same disk.
    ...['-drive', `file=${image.disk},format=raw,if=none,id=disk,snapshot=on,cache=unsafe`],
    ...['-device', 'virtio-blk-pci,drive=disk,disable-legacy=on'],
    ...['-netdev', `tap,id=net,ifname=${device},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=net,romfile=,mac=52:54:00:77:00:0${number}`],
    ...['-serial', `file:${log}`],
  ];
}

/** Resolves when the control domain answers; throws with what it said when it does not. */
export async function untilReady(host: XenHost): Promise<void> {
  const deadline = performance.now() + BOOT_TIMEOUT_MS;
  const isReady = async (): Promise<boolean> => {
    if (!readIfThere(host.log).includes(READY)) return false;
    await connect(host);
    return (await inDom0(host, ['xl', 'list'])).exitCode === 0;
  };
  while (!(await isReady())) {
    const why =
      readStartTime(host.pid) === null
        ? 'QEMU has ended'
        : performance.now() > deadline && 'the control domain does not answer';
    if (why !== false) throw new Error(`${why}: ${wordsOf(host)}`);
    await sleep(200);
  }
}

/** What QEMU says, on a line of its own, and the end of what the host has said. */
function wordsOf({ log, number }: XenHost): string {
  return `${readIfThere(qemuLog(log, number))}\n${readIfThere(log).slice(-2_000)}`;
}

function qemuLog(log: string, number: number): string {
  return join(log, '..', `qemu-${number}.log`);
}

/** Runs a program in the control domain, over the one connection, or one of its own when that is gone. */
export function inDom0(host: XenHost, argv: readonly string[], input: string | Uint8Array = '') {
  return execa('ip', ssh(host, ['-o', 'ControlMaster=no'], argv), { reject: false, input });
}

/** A connection is a second's work for an emulated host: all commands share one, which ends with the host. */
async function connect(host: XenHost): Promise<void> {
  if (existsSync(socketOf(host))) return;
  const keeping = ['ControlMaster=yes', 'ServerAliveInterval=5', 'ServerAliveCountMax=3'];
  const options = [...keeping.flatMap((option) => ['-o', option]), '-f', '-N'];
  // It goes to the background, and must not keep a pipe of ours open.
  await execa('ip', ssh(host, options, []), { reject: false, stdio: 'ignore' });
}

function socketOf({ log, number }: XenHost): string {
  return join(log, '..', `ssh-${number}`);
}

function ssh(host: XenHost, more: readonly string[], argv: readonly string[]): readonly string[] {
  const { namespace, image, number } = host;
  const options = {
    BatchMode: 'yes',
    IdentityFile: image.sshKey,
    UserKnownHostsFile: image.knownHosts,
    ConnectTimeout: '5',
    LogLevel: 'ERROR',
    ControlPath: socketOf(host),
  };
  const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return ['netns', 'exec', namespace, 'ssh', ...given, ...more, `root@${dom0Address(number)}`, ...argv];
}

export async function endHost(host: XenHost): Promise<void> {
  const { pid } = host;
  if (pid === 0) return;
  await execa('ip', ssh(host, ['-O', 'exit'], []), { reject: false });
  // A process group: timeout(1), and QEMU below it.
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    tell(-pid, signal);
    const patience = performance.now() + 5_000;
    while (readStartTime(pid) !== null && performance.now() < patience) await sleep(50);
  }
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'latin1') : '';
}
