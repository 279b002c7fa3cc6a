import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CreateOutcome, DriverFailure, ReplicaSpec } from '../driver.js';
import { endProcess, readStartTime, refOf, type StartedProcess } from '../host-process.js';
import { ownImage } from '../machine/image-boot.js';
import { macOf } from '../machine/mac-address.js';
import { memoryFor } from '../machine/machine-memory.js';
import { polled } from '../poll.js';
import { orThrow, StartError } from '../start-error.js';
import { failureOf } from '../system-failure.js';
import { cap } from './cgroup.js';
import { isServing, lastWord, readBanner, readConsole } from './kernel-console.js';
import { imageBoot, pageBoot } from './machine-boot.js';
import { answers } from './machine-control.js';
import { type MachineFiles, machineFiles } from './machine-files.js';
import { removeRemains } from './machine-remains.js';
import { type Connection, connectionOf } from './network.js';
import { type Forwarded, startFailure } from './qemu-failure.js';
import type { QemuHost } from './qemu-host.js';
import type { QemuDriverOptions } from './qemu-options.js';
import { type Qemu, spawnQemu } from './spawn-qemu.js';
import { addTap } from './tap.js';

const ACCEPT_TIMEOUT_MS = 10_000;
const SERVE_TIMEOUT_MS = 2_000;
const TOKEN_BYTES = 16;
/** What would end the value in the file that QEMU reads it from. */
const UNQUOTABLE = /["\p{Cc}]/u;
const NO_ANSWER: DriverFailure = { class: 'transient', message: 'QEMU does not answer' };

/** Starts a replica's machine; resolves once QEMU runs it, or has said why not, and then leaves nothing. */
export async function startMachine(
  options: QemuDriverOptions,
  host: QemuHost,
  spec: ReplicaSpec,
): Promise<CreateOutcome> {
  let started: StartedProcess | undefined;
  try {
    const bundle = await stat(spec.bundleFile).catch((error: Error) => {
      throw new StartError({ ...failureOf(error), message: `cannot read the bundle: ${error.message}` });
    });
    const memory = memoryFor(spec.memory, bundle.size);
    const connection = orThrow(await connectionOf(options.network, spec));
    if (options.network.kind === 'bridge') orThrow(await addTap(spec.id, options.network.bridge));
    const files = machineFiles(resolve(options.stateDir), spec.id);
    const qemu = orThrow(await spawn(options, host, spec, connection, memory));
    started = { pid: qemu.pid, startTime: readStartTime(qemu.pid) ?? '0' };
    if (options.cgroup !== undefined)
      orThrow(await cap(options.cgroup, { id: spec.id, pid: qemu.pid, memory }));
    orThrow(await accepted(qemu, files));
    if (ownImage(spec) === null) await served(qemu, files);
    if (qemu.hasEnded()) orThrow(await whyEnded(files, options.network.kind === 'user' ? spec : null));
    return { ok: true, ref: refOf(started) };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    if (started !== undefined) await endProcess(started);
    await removeRemains(options.stateDir, spec.id);
    return { ok: false, failure: error.failure };
  }
}

function spawn(
  options: QemuDriverOptions,
  { program, accelerator }: QemuHost,
  spec: ReplicaSpec,
  connection: Connection,
  memory: number,
): Promise<Qemu | DriverFailure> {
  const stateDir = resolve(options.stateDir);
  const token = ownImage(spec) === null ? randomBytes(TOKEN_BYTES).toString('hex') : '';
  const boot =
    imageBoot(spec, connection) ?? pageBoot(options.kernel, program.machine, spec, connection, token);
  if (UNQUOTABLE.test(boot.commandLine)) {
    const message = `a command line cannot hold ${JSON.stringify(boot.commandLine)}: a page's name has a quotation mark`;
    return Promise.resolve({ class: 'config', message });
  }
  return spawnQemu({
    command: [options.qemu],
    stateDir,
    machine: {
      name: spec,
      ...boot,
      accelerator: accelerator.name,
      memory,
      files: machineFiles(stateDir, spec.id),
      netdev: connection.netdev,
      mac: macOf(spec.address),
      userArguments: program.userArguments,
    },
    record: { address: spec.address, port: spec.port, token, cgroup: options.cgroup ?? null },
  });
}

/** Waits until QEMU answers, which it does once it has taken everything that it was given, or has ended. */
async function accepted(qemu: Qemu, files: MachineFiles): Promise<DriverFailure | null> {
  const isOver = async (): Promise<boolean> => qemu.hasEnded() || (await answers(files.qmp));
  return (await polled(isOver, ACCEPT_TIMEOUT_MS)) ? null : NO_ANSWER;
}

/**
 * QEMU's user network takes a connection before the kernel is there, and lets it wait for a second and more: a probe
 * that comes too early is slower than one that comes when the kernel says that it serves.
 */
async function served(qemu: Qemu, files: MachineFiles): Promise<void> {
  await polled(async () => qemu.hasEnded() || isServing(await readConsole(files.console)), SERVE_TIMEOUT_MS);
}

/** Either QEMU has refused to start, or the kernel has found that it cannot serve this page, and says so last. */
async function whyEnded(files: MachineFiles, forwarded: Forwarded | null): Promise<DriverFailure> {
  const console = await readConsole(files.console);
  if (readBanner(console) === null) return startFailure(console, forwarded);
  return { class: 'config', message: `the page kernel gave up: ${lastWord(console)}` };
}
