import { userInfo } from 'node:os';
import { bridgeAddresses } from '../../driver/machine/bridge.js';
import { enableCaps } from '../../driver/qemu/cgroup.js';
import { bootOnce, checkKernel, checkNetwork, type QemuHost } from '../../driver/qemu/qemu-host.js';
import { inspectQemu, type QemuProgram } from '../../driver/qemu/qemu-program.js';
import { checkStateDir } from '../../driver/state-folder.js';
import { checkedPool, type DriverSettings } from '../drivers.js';
import { qemuOptions } from '../qemu-settings.js';
import { type Finding, fine, missing, unused } from './finding.js';
import { canMakeTaps } from './host.js';

const BUILD_KERNEL = 'npm run kernel';
const INSTALL_QEMU = 'apt install qemu-system-x86';

/** What virtual machines need, from the program to a kernel that has really served; `able` when all of it is there. */
export async function examineMachines(
  settings: DriverSettings,
): Promise<{ readonly findings: readonly Finding[]; readonly able: boolean }> {
  const options = { ...qemuOptions(settings.qemu, settings.stateDir), pool: checkedPool(settings) };
  const program = await inspectQemu(options.qemu);
  const kernelFailure = await checkKernel(options.kernel);
  const stateFailure = await checkStateDir(options.stateDir, '.console');
  const boot =
    'class' in program || kernelFailure !== null || stateFailure !== null
      ? null
      : await bootOnce(options, program);
  const networkFailure = await checkNetwork(options);
  const findings = [
    qemuFinding(program),
    kernelFailure === null
      ? kernelFinding(options.kernel, boot)
      : missing('page kernel', kernelFailure.message, BUILD_KERNEL),
    ...(stateFailure === null ? [] : [missing('machine files', stateFailure.message, null)]),
    acceleratorFinding(boot),
    await bridgeFinding(settings.qemu.bridge),
    await capsFinding(settings.qemu.cgroup),
  ];
  const canReach = networkFailure === null && (settings.qemu.bridge === null || (await canMakeTaps()));
  return { findings, able: boot !== null && !('class' in boot) && canReach };
}

type Boot = Awaited<ReturnType<typeof bootOnce>> | null;

function qemuFinding(program: Awaited<ReturnType<typeof inspectQemu>>): Finding {
  if ('class' in program) return missing('QEMU', program.message, INSTALL_QEMU);
  return fine('QEMU', `${program.version}, machine ${program.machine}${becomes(program)}`);
}

function becomes({ userArguments }: QemuProgram): string {
  return userArguments.length === 0 ? '' : `, ${userArguments.join(' ')}`;
}

function kernelFinding(file: string, boot: Boot): Finding {
  if (boot === null) return fine('page kernel', `${file}, not tried`);
  if ('class' in boot) return missing('page kernel', boot.message, BUILD_KERNEL);
  return fine('page kernel', `${boot.kernel.version} ${boot.kernel.hash}, ${file}`);
}

function acceleratorFinding(boot: Boot): Finding {
  const what = 'accelerator';
  if (boot === null || 'class' in boot) return unused(what, 'not tried: there is nothing to boot');
  return fine(what, describe(boot), /group kvm/.test(boot.accelerator.reason) ? joinKvm() : null);
}

function describe({ accelerator }: Omit<QemuHost, 'program'>): string {
  return `${accelerator.name}: ${accelerator.reason}`;
}

function joinKvm(): string {
  return `usermod -aG kvm ${userInfo().username}`;
}

async function bridgeFinding(bridge: string | null): Promise<Finding> {
  const what = 'bridge';
  if (bridge === null) return unused(what, 'not asked for (--bridge): addresses are forwarded on loopback');
  const [own] = await bridgeAddresses(bridge);
  if (own === undefined) {
    const fix = `ip link add ${bridge} type bridge && ip address add 10.77.0.1/16 dev ${bridge} && ip link set ${bridge} up`;
    return missing(what, `${bridge} is not up with an address`, fix);
  }
  if (!(await canMakeTaps())) {
    const fix = `setcap cap_net_admin=+ep ${process.execPath}`;
    return missing(
      what,
      `${bridge} has ${own.local}/${own.prefixlen}, and this user may make no network devices`,
      fix,
    );
  }
  return fine(what, `${bridge} has ${own.local}/${own.prefixlen}, which is the gateway of the machines`);
}

async function capsFinding(cgroup: string | null): Promise<Finding> {
  const what = 'caps';
  if (cgroup === null)
    return unused(what, 'not asked for (--cgroup): a machine has one processor and its own memory');
  const failure = await enableCaps(cgroup);
  if (failure !== null) return missing(what, failure.message, null);
  return fine(what, `memory and processor time of each machine, in groups below ${cgroup}`);
}
