import { type ChildProcess, spawn } from 'node:child_process';
import { debianGuest, skipWithoutDebian } from './debian-guest/debian-guest.js';
import { programFiles } from './debian-guest/program-files.js';
import { findProgram, skipWithout } from './program.js';

/** For node:test's `skip`. */
export const skipWithoutRouter: string | false =
  skipWithoutDebian ||
  skipWithout('qemu-system-x86_64', 'qemu-system-x86') ||
  skipWithout('tc', 'iproute2') ||
  skipWithout('ip', 'iproute2');

/** One network of the router: the tap, and the router's addresses there with their prefix lengths. */
export interface Side {
  readonly tap: string;
  readonly addresses: readonly string[];
}

/**
 * A Linux router between two networks, as a machine of its own: hosts often lack what makes a network bad (sch_netem),
 * which Debian's kernel has.
 */
export class RouterVm {
  readonly #process: ChildProcess;
  #console = '';
  #changed: () => void = () => {};

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#console += text.replaceAll('\r', '');
      this.#changed();
    });
    process.once('exit', () => this.#changed());
  }

  /** Resolves once it routes; the folder is for its files. */
  static async start(folder: string, sides: readonly [Side, Side]): Promise<RouterVm> {
    const { kernel, initrd } = await debianGuest(folder, {
      modules: ['virtio_pci', 'virtio_net', 'sch_netem'],
      applets: ['mount', 'stty', 'sysctl'],
      files: { ...(await filesOf('ip')), ...(await filesOf('tc')) },
      init: initScript(sides),
    });
    const cards = sides.flatMap(({ tap }, index) => [
      ...['-netdev', `tap,id=side${index},ifname=${tap},script=no,downscript=no`],
      // Segments as they come, so that each can be lost by itself.
      ...['-device', `virtio-net-pci,netdev=side${index},mac=52:54:00:00:0${index}:01,romfile=,${OFFLOADS}`],
    ]);
    const child = spawn(
      'qemu-system-x86_64',
      [
        ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
        ...['-machine', 'q35', '-accel', 'tcg', '-m', '256M', '-kernel', kernel, '-initrd', initrd],
        ...['-append', 'console=ttyS0 quiet panic=-1', ...cards],
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const router = new RouterVm(child);
    await router.#until(/^router: ready$/m);
    return router;
  }

  /** Runs a command there; throws when it fails. Resolves to what it said. */
  async run(command: string): Promise<string> {
    const start = this.#console.length;
    this.#process.stdin?.write(`${command}\n`);
    const said = await this.#until(/([\s\S]*?)^router: done (\d+)$/m, start);
    if (said[2] !== '0') throw new Error(`the router cannot "${command}": ${said[1]}`);
    return said[1] ?? '';
  }

  /** What happens to each packet in either direction, in the words of tc-netem(8). */
  async trouble(netem: string): Promise<void> {
    for (const card of ['eth0', 'eth1']) {
      await this.run(`${PROGRAMS}/tc qdisc delete dev ${card} root; true`);
      await this.run(`${PROGRAMS}/tc qdisc add dev ${card} root netem limit 10000 ${netem}`);
    }
  }

  /** How many packets were lost since the last trouble began. */
  async losses(): Promise<number> {
    const said = await this.run(`${PROGRAMS}/tc -s qdisc show`);
    return [...said.matchAll(/dropped (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await exit;
  }

  async #until(pattern: RegExp, start = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#console.slice(start));
      if (found !== null) return found;
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(`the router ended before ${pattern}: ${this.#console}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

/** By their paths: busybox takes its own programs first, whose `tc` lacks most. */
const PROGRAMS = '/opt';
const OFFLOADS = 'gso=off,guest_tso4=off,guest_tso6=off,host_tso4=off,host_tso6=off';
/** The longest packet that the router makes of several that came. */
const LONGEST_PACKET = 1_500;

function initScript(sides: readonly Side[]): string {
  const cards = sides.flatMap(({ addresses }, index) => [
    ...addresses.map((address) => `${PROGRAMS}/ip address add ${address} dev eth${index} nodad`),
    `${PROGRAMS}/ip link set eth${index} gro_max_size ${LONGEST_PACKET} up`,
  ]);
  return `
mount -t proc proc /proc
mount -t sysfs sys /sys
stty -echo
sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
${cards.join('\n')}
echo router: ready
while read -r command; do
  eval "$command" 2>&1
  echo "router: done $?"
done
`;
}

/** A program of this host with its libraries, for the guest: paths here by paths there. */
function filesOf(name: string): Promise<Readonly<Record<string, string>>> {
  const program = findProgram(name);
  if (program === undefined) throw new Error(`there is no program ${name}`);
  return programFiles(program, `${PROGRAMS}/${name}`.slice(1));
}
