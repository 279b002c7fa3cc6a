/**
 * The program that answers DNS, in a process of its own beside the daemon: a daemon that forks a replica or collects
 * its garbage stops all of its threads for milliseconds, and no answer shall wait for that. It lives as long as its
 * channel to the daemon does, whatever signals a terminal or a service manager sends to both.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../clock.js';
import type { DnsCounters } from '../../dns/counters.js';
import { Zone } from '../../dns/zone.js';
import { Meter } from '../../load/meter.js';
import type { Problem } from '../../problem.js';
import { type BoundAddress, listen } from './listen.js';
import type { DnsEvent, DnsRequest, DnsSettings } from './protocol.js';
import { QueryHandler } from './query-handler.js';
import { QueryLog } from './query-log.js';
import { Statistics } from './statistics.js';

const MICROSECONDS_PER_SECOND = 1_000_000;
const MILLISECONDS_PER_SECOND = 1_000;

/** Everything that answers, once it does. */
interface Running {
  readonly handler: QueryHandler;
  /** Ends the answers, and says what was counted last. */
  close(): Promise<void>;
}

function send(event: DnsEvent, whenSent?: () => void): void {
  // A channel that is gone has its own event, which ends the process.
  process.send?.(event, undefined, undefined, () => whenSent?.());
}

function fail(message: string, problems: readonly Problem[] = []): null {
  send({ kind: 'failed', message, problems }, leave);
  return null;
}

function leave(): never {
  process.exit();
}

function processUsage(): DnsCounters['process'] {
  const { user, system } = process.cpuUsage();
  return {
    cpu: (user + system) / MICROSECONDS_PER_SECOND,
    busy: performance.eventLoopUtilization().active / MILLISECONDS_PER_SECOND,
    residentBytes: process.memoryUsage.rss(),
  };
}

async function start(settings: DnsSettings): Promise<Running | null> {
  const zone = Zone.build(settings);
  const problems = zone.ok ? settings.initial && zone.value.apply(settings.initial) : zone.problems;
  if (!zone.ok || (problems !== undefined && problems.length > 0)) {
    return fail(`the zone ${settings.domain} cannot be served`, problems);
  }
  const meter = new Meter(systemClock.now());
  const statistics = new Statistics();
  const handler = new QueryHandler(zone.value, meter, statistics, systemClock);
  const listeners: BoundAddress[] = [];
  try {
    for (const address of settings.listen) {
      listeners.push(await listen(address, handler, statistics, settings.tcp, systemClock));
    }
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const sendBatch = (whenSent?: () => void): void => {
    const batch = meter.flush(systemClock.now());
    const logged = handler.queryLog?.take() ?? null;
    const counters = { ...statistics.snapshot(), process: processUsage() };
    send({ kind: 'batch', batch, counters, logged }, whenSent);
  };
  const timer = setInterval(sendBatch, settings.batchIntervalMs);
  const addresses = listeners.map((listener) => listener.bound);
  send({ kind: 'listening', addresses, counters: { ...statistics.snapshot(), process: processUsage() } });
  return {
    handler,
    async close() {
      await Promise.all(listeners.map((listener) => listener.close()));
      clearInterval(timer);
      sendBatch(leave);
    },
  };
}

/** The zone is exchanged between two queries: no query sees half of it. */
function replaceRecords(
  handler: QueryHandler,
  records: Extract<DnsRequest, { kind: 'records' }>['records'],
): readonly Problem[] {
  const zone = handler.zone.withRecords(records);
  if (!zone.ok) return zone.problems;
  handler.zone = zone.value;
  return [];
}

function take(request: DnsRequest, { handler, close }: Running): void {
  switch (request.kind) {
    case 'publish':
      send({ kind: 'done', id: request.id, problems: handler.zone.apply(request.publication) });
      break;
    case 'records':
      send({ kind: 'done', id: request.id, problems: replaceRecords(handler, request.records) });
      break;
    case 'log':
      handler.queryLog = request.name === null ? null : new QueryLog(request.name);
      send({ kind: 'done', id: request.id, problems: [] });
      break;
    case 'close':
      void close();
      break;
    default:
      request satisfies never;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', leave);
process.once('message', async (settings: DnsSettings) => {
  const running = await start(settings);
  if (running !== null) process.on('message', (request: DnsRequest) => take(request, running));
});
