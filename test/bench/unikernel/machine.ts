import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../helpers/http.js';
import { QEMU } from '../../helpers/qemu-driver.js';
import type { Contender } from './contender.js';
import type { Network } from './network.js';
import type { ServedPage } from './page.js';

const RETRY_MS = 1;
const ANSWER_TIMEOUT_MS = 3_000;

/** A contender that runs under QEMU, by emulation whatever the host has. */
export class Machine {
  readonly contender: Contender;
  readonly network: Network;
  /** What it printed so far. */
  console = '';
  readonly #startedAt = performance.now();
  readonly #child: ChildProcess;

  constructor(contender: Contender, network: Network, memory = contender.memory) {
    this.contender = contender;
    this.network = network;
    const [program = '', ...args] = [
      ...[...network.prefix, QEMU, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
      ...['-machine', contender.machine, '-accel', `tcg,tb-size=${contender.codeBuffer}`, '-smp', '1'],
      ...['-m', `${memory}M`, '-serial', 'stdio', '-kernel', contender.kernel],
      ...['-initrd', contender.initrd, '-append', contender.words(network)],
      ...['-netdev', `${network.netdev},id=net`, '-global', 'virtio-mmio.force-legacy=false'],
      ...['-device', `virtio-net-device,netdev=net,mac=${network.mac}`],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ];
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.console += chunk.toString().replaceAll('\r', '');
      });
    this.#child.on('error', (error) => {
      this.console += error.message;
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  /** Resolves to the milliseconds since QEMU was started when the console says that it serves; null if it never does. */
  async ready(): Promise<number | null> {
    const { ready, patience } = this.contender;
    while (!ready.test(this.console)) {
      if (this.hasEnded || this.#age() > patience) return null;
      await sleep(RETRY_MS);
    }
    return this.#age();
  }

  /** Resolves to the milliseconds since QEMU was started when it has sent the right page for the first time, or null. */
  async serves(page: ServedPage): Promise<number | null> {
    if ((await this.ready()) === null) return null;
    for (const deadline = this.#age() + ANSWER_TIMEOUT_MS; this.#age() < deadline; await sleep(RETRY_MS)) {
      if (await this.#answers(page)) return this.#age();
      if (this.hasEnded) return null;
    }
    return null;
  }

  /** Resident memory of the QEMU process in MB. */
  residentMb(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1_024;
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #age(): number {
    return performance.now() - this.#startedAt;
  }

  async #answers({ host, path, body }: ServedPage): Promise<boolean> {
    const { address, port } = this.network.at;
    try {
      const answer = await Promise.race([
        ask({ address, port, host, target: path }),
        sleep(ANSWER_TIMEOUT_MS, null, { ref: false }),
      ]);
      return answer?.status === 200 && answer.body.equals(body);
    } catch {
      return false;
    }
  }
}
