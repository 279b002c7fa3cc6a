import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { CreateOutcome, Driver, DriverFailure, ReplicaSpec } from '../driver.js';
import { endProcess, goneWithin, type HostProcess, listProcesses, refOf } from '../host-process.js';
import { askCounters, askDrain } from '../machine/kernel-control.js';
import { StartQueue } from '../start-queue.js';
import { readTail } from '../text-tail.js';
import { queryStatus, quit } from './machine-control.js';
import { machineFiles } from './machine-files.js';
import { type MachineName, parseName } from './machine-name.js';
import { readRecord, removeRemains } from './machine-remains.js';
import { inspectHost, type QemuHost } from './qemu-host.js';
import type { QemuDriverOptions } from './qemu-options.js';
import { UNPRIVILEGED } from './qemu-program.js';
import { startMachine } from './start-machine.js';

type Machine = HostProcess<MachineName>;

const QUIT_TIMEOUT_MS = 1_000;
const LAST_WORDS_BYTES = 2_048;

/**
 * Replicas as virtual machines: each runs the page kernel, and has its page from the bundle that it is booted with.
 * QEMU has a session of its own and survives its parent; who it is stands on its command line.
 */
export function qemuDriver(options: QemuDriverOptions): Driver {
  // More at a time share the processors, and the first of a surge serves later; fewer leave them idle between two steps.
  const starts = new StartQueue(availableParallelism());
  const creating = new Map<string, Promise<CreateOutcome>>();
  let inspection: Promise<QemuHost | DriverFailure> | null = null;

  const inspect = (): Promise<QemuHost | DriverFailure> => {
    inspection ??= inspectHost(options).then((found) => {
      // The operator may have mended it by the next time.
      if ('class' in found) inspection = null;
      else options.onChoice?.(describe(found));
      return found;
    });
    return inspection;
  };

  const findById = async (id: string): Promise<readonly Machine[]> =>
    (await listMachines()).filter(({ args }) => args.id === id);

  const create = async (spec: ReplicaSpec): Promise<CreateOutcome> => {
    // Its file is there from before its start until after its end: without one nobody has started it, and the whole
    // process table need not be read.
    if (existsSync(machineFiles(options.stateDir, spec.id).config)) {
      const [existing] = await findById(spec.id);
      if (existing !== undefined) return { ok: true, ref: refOf(existing) };
    }
    const host = await inspect();
    if ('class' in host) return { ok: false, failure: host };
    return starts.run(() => startMachine(options, host, spec));
  };

  return {
    name: 'qemu',

    async check() {
      const host = await inspect();
      return 'class' in host ? host : null;
    },

    create(spec) {
      const underway = creating.get(spec.id);
      if (underway !== undefined) return underway;
      const outcome = create(spec).finally(() => creating.delete(spec.id));
      creating.set(spec.id, outcome);
      return outcome;
    },

    async list(owner) {
      const machines = (await listMachines()).filter(({ args }) => args.owner === owner);
      return Promise.all(
        machines.map(async (machine) => ({
          id: machine.args.id,
          ref: refOf(machine),
          address: machine.args.address,
          running: isRunning(await queryStatus(machineFiles(options.stateDir, machine.args.id).qmp)),
        })),
      );
    },

    async drain({ id }) {
      const record = await readRecord(options.stateDir, id);
      if (record !== null) await askDrain(record);
    },

    async counters({ id }) {
      const record = await readRecord(options.stateDir, id);
      return record === null ? null : askCounters(record);
    },

    async destroy({ id }) {
      await creating.get(id);
      const machines = await findById(id);
      if (machines.length > 0) await quit(machineFiles(options.stateDir, id).qmp);
      await Promise.all(
        machines.map(async (machine) => {
          if (!(await goneWithin(machine, QUIT_TIMEOUT_MS))) await endProcess(machine);
        }),
      );
      await removeRemains(options.stateDir, id);
    },

    lastWords: ({ id }) => readTail(machineFiles(options.stateDir, id).console, LAST_WORDS_BYTES),
  };
}

/** Those that this user has started; started by root, they have become another. */
function listMachines(): Promise<readonly Machine[]> {
  const user = process.geteuid?.() ?? 0;
  return listProcesses(parseName, user === 0 ? [user, UNPRIVILEGED.uid] : [user]);
}

/** Silence is no end: the process is there, and the probe tells whether it serves. */
function isRunning(status: string | null): boolean {
  return status === null || status === 'running' || status === 'prelaunch';
}

function describe({ program, accelerator, kernel }: QemuHost): string {
  return `QEMU ${program.version} (${program.machine}), page kernel ${kernel.version}; ${accelerator.name}: ${accelerator.reason}`;
}
