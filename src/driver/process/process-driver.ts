import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CreateOutcome, Driver, ReplicaSpec } from '../driver.js';
import { ask, askCounters } from './control-client.js';
import type { ProcessDriverOptions } from './driver-options.js';
import { checkHost } from './host-check.js';
import { listReplicaProcesses, type ReplicaProcess, readStartTime } from './process-table.js';
import { startPageServer } from './start-page-server.js';
import { controlSocketOf, logOf, readTail } from './state-files.js';

const PAGE_SERVER = fileURLToPath(new URL('page-server.js', import.meta.url));
const KILL_AFTER_MS = 2_000;
const GIVE_UP_AFTER_MS = 10_000;
const POLL_MS = 10;
const LAST_WORDS_BYTES = 2_048;

/**
 * Replicas as child processes of this host. Each has a session of its own and survives its parent; who it is stands on
 * its command line, so that the kernel's process table is the only record and a crash between start and recording
 * loses nothing.
 */
export function processDriver(options: ProcessDriverOptions): Driver {
  const creating = new Map<string, Promise<CreateOutcome>>();
  const findById = async (id: string): Promise<readonly ReplicaProcess[]> =>
    (await listReplicaProcesses(PAGE_SERVER)).filter((process) => process.args.id === id);

  const create = async (spec: ReplicaSpec): Promise<CreateOutcome> => {
    const [existing] = await findById(spec.id);
    return existing === undefined
      ? startPageServer(PAGE_SERVER, options, spec)
      : { ok: true, ref: refOf(existing) };
  };

  return {
    name: 'process',

    check: () => checkHost(options),

    create(spec) {
      const underway = creating.get(spec.id);
      if (underway !== undefined) return underway;
      const outcome = create(spec).finally(() => creating.delete(spec.id));
      creating.set(spec.id, outcome);
      return outcome;
    },

    async list(owner) {
      const processes = await listReplicaProcesses(PAGE_SERVER);
      return processes
        .filter((process) => process.args.owner === owner)
        .map((process) => ({
          id: process.args.id,
          ref: refOf(process),
          address: process.args.address,
          running: true,
        }));
    },

    async drain(replica) {
      await ask(controlSocketOf(options.stateDir, replica.id), 'drain');
    },

    counters: (replica) => askCounters(controlSocketOf(options.stateDir, replica.id)),

    async destroy(replica) {
      await creating.get(replica.id);
      const processes = await findById(replica.id);
      await Promise.all(processes.map(end));
      await rm(controlSocketOf(options.stateDir, replica.id), { force: true });
      await rm(logOf(options.stateDir, replica.id), { force: true });
    },

    lastWords: (replica) => readTail(logOf(options.stateDir, replica.id), LAST_WORDS_BYTES),
  };
}

function refOf(process: ReplicaProcess): string {
  return `${process.pid}:${process.startTime}`;
}

/** Asks, then insists; resolves once the process is gone. */
async function end(process: ReplicaProcess): Promise<void> {
  signal(process, 'SIGTERM');
  if (await goneWithin(process, KILL_AFTER_MS)) return;
  signal(process, 'SIGKILL');
  if (await goneWithin(process, GIVE_UP_AFTER_MS)) return;
  throw new Error(`process ${process.pid} of replica ${process.args.id} does not end`);
}

/** The start time is read again right before, so that a pid that was used again is left alone. */
function signal(replica: ReplicaProcess, name: NodeJS.Signals): void {
  if (readStartTime(replica.pid) !== replica.startTime) return;
  try {
    process.kill(replica.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function goneWithin(process: ReplicaProcess, timeoutMs: number): Promise<boolean> {
  // Only a child's parent hears of its end, and replicas outlive their parents: hence polling.
  for (let waited = 0; waited < timeoutMs; waited += POLL_MS) {
    if (readStartTime(process.pid) !== process.startTime) return true;
    await sleep(POLL_MS);
  }
  return readStartTime(process.pid) !== process.startTime;
}
