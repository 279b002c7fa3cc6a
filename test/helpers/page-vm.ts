import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { skipWithout } from './program.js';

export type Machine = 'microvm' | 'q35';
export const MACHINES: readonly Machine[] = ['microvm', 'q35'];
export const TOKEN = 'test-token';

const KERNEL = new URL('../../src/unikernel/hotzone-kernel', import.meta.url);
const BOARDS = {
  microvm: ['-machine', 'microvm,acpi=off,pic=off,rtc=off', '-global', 'virtio-mmio.force-legacy=false'],
  q35: ['-machine', 'q35'],
} as const;
const CARDS = { microvm: 'virtio-net-device', q35: 'virtio-net-pci,romfile=' } as const;

/** For node:test's `skip`. */
export const skipWithoutQemu: string | false =
  skipWithout('qemu-system-x86_64', 'qemu-system-x86') ||
  (existsSync(KERNEL) ? false : 'needs the page kernel: npm run kernel');

/** The line that the kernel has to say first. */
export function expectedBanner(): string {
  return readFileSync(new URL('./hotzone-kernel.txt', KERNEL), 'utf8').trim();
}

export interface VmOptions {
  readonly machine: Machine;
  readonly bundleFile: string;
  readonly memory?: string;
  /** Words of the command line beside the address, the controller and its token. */
  readonly words?: string;
  /** Instead of user networking with a forwarded port: a tap, in this network namespace or another. */
  readonly tap?: {
    readonly namespace?: string;
    readonly device: string;
    readonly address: string;
    /** Another network of QEMU's, on one hub with the tap. */
    readonly beside?: string;
  };
}

/** A machine that runs the page kernel under QEMU, by emulation. */
export class PageVm {
  readonly port: number;
  readonly process: ChildProcess;
  /** What it printed so far. */
  console = '';
  readonly exited: Promise<number | null>;
  #changed: () => void = () => {};

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.console += text.replaceAll('\r', '');
        this.#changed();
      });
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code);
        this.#changed();
      });
    });
  }

  static async start(options: VmOptions): Promise<PageVm> {
    const { machine, tap } = options;
    const port = tap === undefined ? await freePort() : 80;
    const [address, host] =
      tap === undefined ? ['10.0.2.15/24', '10.0.2.2'] : [`${tap.address}2/24`, `${tap.address}1`];
    const words = `hotzone.ip=${address} hotzone.gw=${host} hotzone.controller=${host} hotzone.token=${TOKEN}`;
    const network =
      tap === undefined
        ? `user,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:80`
        : `tap,ifname=${tap.device},script=no,downscript=no`;
    const command = [
      ...[
        'qemu-system-x86_64',
        '-nodefaults',
        '-no-user-config',
        '-no-reboot',
        '-display',
        'none',
        '-accel',
        'tcg',
      ],
      ...[...BOARDS[machine], '-m', options.memory ?? '16M', '-serial', 'stdio'],
      ...['-kernel', fileURLToPath(KERNEL), '-initrd', options.bundleFile],
      ...['-append', `${words} ${options.words ?? ''}`],
      ...(tap?.beside === undefined ? ['-netdev', `${network},id=net`] : hub(network, tap.beside)),
      ...['-device', `${CARDS[machine]},netdev=net`],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ];
    const prefix = tap?.namespace === undefined ? [] : ['ip', 'netns', 'exec', tap.namespace];
    const [program = '', ...args] = [...prefix, ...command];
    return new PageVm(port, spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Resolves once the console shows it; rejects if the machine ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.console)) {
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`ended before ${pattern}: ${this.console}`);
      }
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.console;
  }

  serving(): Promise<string> {
    return this.until(/^serving .* on .*\n/m);
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}

/** A network that is several, as on one Ethernet hub. */
function hub(...networks: readonly string[]): readonly string[] {
  const ports = networks.flatMap((network, index) => [
    ...['-netdev', `${network},id=part${index}`],
    ...['-netdev', `hubport,id=port${index},hubid=0,netdev=part${index}`],
  ]);
  return [...ports, '-netdev', 'hubport,id=net,hubid=0'];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
