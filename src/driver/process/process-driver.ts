import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { CreateOutcome, Driver, ReplicaSpec } from '../driver.js';
import { endProcess, type HostProcess, listProcesses, refOf } from '../host-process.js';
import { StartQueue } from '../start-queue.js';
import { readTail } from '../text-tail.js';
import { ask, askCounters } from './control-client.js';
import type { ProcessDriverOptions } from './driver-options.js';
import { checkHost } from './host-check.js';
import type { PageServerArguments } from './page-server-arguments.js';
import { parseProgram } from './programs.js';
import { startPageServer } from './start-page-server.js';
import { controlSocketOf, logOf } from './state-files.js';

const LAST_WORDS_BYTES = 2_048;

/**
 * Replicas as child processes of this host. Each has a session of its own and survives its parent; who it is stands on
 * its command line, so that the kernel's process table is the only record and a crash between start and recording
 * loses nothing.
 */
export function processDriver(options: ProcessDriverOptions): Driver {
  // One processor is left to those who answer; and two that start together are both ready later, the first one too.
  const starts = new StartQueue(Math.max(1, availableParallelism() - 1));
  const creating = new Map<string, Promise<CreateOutcome>>();
  const findById = async (id: string): Promise<readonly HostProcess<PageServerArguments>[]> =>
    (await listPageServers()).filter((process) => process.args.id === id);

  const create = async (spec: ReplicaSpec): Promise<CreateOutcome> => {
    // Its log is there from before its start until after its end: without one nobody has started it, and the whole
    // process table need not be read.
    if (existsSync(logOf(options.stateDir, spec.id))) {
      const [existing] = await findById(spec.id);
      if (existing !== undefined) return { ok: true, ref: refOf(existing) };
    }
    const started = await starts.run(
      () => startPageServer(options, spec),
      (start) => (start.ok ? start.settled : Promise.resolve()),
    );
    return started.ok ? { ok: true, ref: started.ref } : started;
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
      const processes = await listPageServers();
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
      await Promise.all(processes.map(endProcess));
      await rm(controlSocketOf(options.stateDir, replica.id), { force: true });
      await rm(logOf(options.stateDir, replica.id), { force: true });
    },

    lastWords: (replica) => readTail(logOf(options.stateDir, replica.id), LAST_WORDS_BYTES),
  };
}

function listPageServers(): Promise<readonly HostProcess<PageServerArguments>[]> {
  return listProcesses(parseProgram);
}
