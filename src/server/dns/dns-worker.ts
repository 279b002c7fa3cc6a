/** The worker thread of the DNS server: whatever the main thread is busy with, answers do not wait for it. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.js';
import { Zone } from '../../dns/zone.js';
import { Meter } from '../../load/meter.js';
import type { Problem } from '../../problem.js';
import { type BoundAddress, listen } from './listen.js';
import type { WorkerEvent, WorkerRequest, WorkerSettings } from './protocol.js';
import { QueryHandler } from './query-handler.js';
import { Statistics } from './statistics.js';

const NICE = -10;

function send(event: WorkerEvent): void {
  parentPort?.postMessage(event);
}

/**
 * On Linux a priority is a thread's own (setpriority(2)), so this one goes before the rest of the daemon. To raise it
 * takes CAP_SYS_NICE.
 */
function goFirst(): void {
  try {
    setPriority(NICE);
  } catch {
    // Then it is one among equals.
  }
}

async function start(settings: WorkerSettings): Promise<void> {
  const zone = Zone.build(settings);
  const problems = zone.ok ? settings.initial && zone.value.apply(settings.initial) : zone.problems;
  if (!zone.ok || (problems !== undefined && problems.length > 0)) {
    const message = `the zone ${settings.domain} cannot be served`;
    send({ kind: 'failed', message, problems: problems ?? [] });
    return;
  }
  const meter = new Meter(systemClock.now());
  const statistics = new Statistics();
  const handler = new QueryHandler(zone.value, meter, statistics, systemClock);
  const listeners: BoundAddress[] = [];
  const closeAll = (): void => {
    for (const listener of listeners) listener.close();
  };
  try {
    for (const address of settings.listen) {
      listeners.push(await listen(address, handler, statistics, settings.tcp, systemClock));
    }
  } catch (error) {
    closeAll();
    send({ kind: 'failed', message: error instanceof Error ? error.message : String(error), problems: [] });
    return;
  }

  const sendBatch = (): void =>
    send({ kind: 'batch', batch: meter.flush(systemClock.now()), counters: statistics.snapshot() });
  const timer = setInterval(sendBatch, settings.batchIntervalMs);
  parentPort?.on('message', (request: WorkerRequest) => {
    switch (request.kind) {
      case 'publish':
        send({ kind: 'done', id: request.id, problems: handler.zone.apply(request.publication) });
        break;
      case 'records':
        send({ kind: 'done', id: request.id, problems: replaceRecords(handler, request.records) });
        break;
      case 'close':
        closeAll();
        clearInterval(timer);
        sendBatch();
        parentPort?.close();
        break;
      default:
        request satisfies never;
    }
  });
  const addresses = listeners.map((listener) => listener.bound);
  send({ kind: 'listening', addresses, counters: statistics.snapshot() });
}

/** The zone is exchanged between two queries: no query sees half of it. */
function replaceRecords(
  handler: QueryHandler,
  records: Extract<WorkerRequest, { kind: 'records' }>['records'],
): readonly Problem[] {
  const zone = handler.zone.withRecords(records);
  if (!zone.ok) return zone.problems;
  handler.zone = zone.value;
  return [];
}

goFirst();
await start(workerData as WorkerSettings);
