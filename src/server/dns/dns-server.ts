import { Worker } from 'node:worker_threads';
import type { DnsCounters } from '../../dns/counters.js';
import type { Publication } from '../../dns/publication.js';
import type { ResourceRecord } from '../../dns/record.js';
import type { QueryBatch } from '../../load/batch.js';
import { formatProblem, type Problem } from '../../problem.js';
import type { ListenAddress } from './listen.js';
import type { WorkerEvent, WorkerRequest, WorkerSettings } from './protocol.js';
import type { TcpLimits } from './tcp-listener.js';

export interface DnsServerOptions {
  /** UDP and TCP share each port; 0 = any free one. */
  readonly listen: readonly ListenAddress[];
  readonly domain: string;
  /** The static records, one SOA and at least one NS at the apex among them (see `defaultRecords`). */
  readonly records: readonly ResourceRecord[];
  /** Answers of these addresses alone are counted as the origin's. */
  readonly originAddresses?: readonly string[];
  /** What the pages are answered from the first query on; without it no page has a name until `publish`. */
  readonly initial?: Publication | undefined;
  /** Called every `batchIntervalMs`, also when nothing was asked. */
  readonly onBatch: (batch: QueryBatch) => void;
  readonly batchIntervalMs?: number;
  /** The worker has died: nothing is answered any more. */
  readonly onFatal: (error: Error) => void;
  readonly tcp?: Partial<TcpLimits>;
}

export interface DnsServer {
  /** With the real ports. */
  readonly addresses: readonly ListenAddress[];
  /** Resolves once the worker answers from it; rejects with a `ZoneError`, and nothing is changed, where it cannot be. */
  publish(publication: Publication): Promise<void>;
  /** As `publish`, for the static records. The SOA serial rises with the next publication, which is the caller's to make. */
  replaceRecords(records: readonly ResourceRecord[]): Promise<void>;
  /** As of the last batch. */
  counters(): DnsCounters;
  close(): Promise<void>;
}

/** The records, or pages beside them, make no zone. */
export class ZoneError extends Error {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[]) {
    super([message, ...problems.map(formatProblem)].join('\n'));
    this.problems = problems;
  }
}

const DEFAULT_BATCH_INTERVAL_MS = 100;
const DEFAULT_TCP: TcpLimits = { idleTimeoutMs: 10_000, maxConnections: 1_000, maxConnectionsPerSource: 100 };
/** After so long the worker is ended the hard way. */
const CLOSE_TIMEOUT_MS = 2_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Starts the server in a worker thread of its own; rejects where it cannot listen or the records are no zone. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const workerData: WorkerSettings = {
    listen: options.listen,
    domain: options.domain,
    records: options.records,
    originAddresses: options.originAddresses ?? [],
    initial: options.initial,
    batchIntervalMs: options.batchIntervalMs ?? DEFAULT_BATCH_INTERVAL_MS,
    tcp: { ...DEFAULT_TCP, ...options.tcp },
  };
  const worker = new Worker(new URL('./dns-worker.js', import.meta.url), { workerData });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let isClosing = false;
  let counters: DnsCounters;

  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const request = (make: (id: number) => WorkerRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      if (isClosing) return reject(new Error('the DNS server is closed'));
      nextId += 1;
      waiting.set(nextId, { resolve, reject });
      worker.postMessage(make(nextId));
    });

  const addresses = await new Promise<readonly ListenAddress[]>((resolve, reject) => {
    let isListening = false;
    const die = (error: Error): void => {
      fail(error);
      if (!isListening) reject(error);
      else if (!isClosing) options.onFatal(error);
      isClosing = true;
    };
    worker.once('error', die);
    worker.once('exit', () => die(new Error('the DNS worker has ended')));
    worker.on('message', (event: WorkerEvent) => {
      switch (event.kind) {
        case 'listening':
          isListening = true;
          counters = event.counters;
          resolve(event.addresses);
          break;
        case 'failed':
          reject(
            event.problems.length > 0
              ? new ZoneError(event.message, event.problems)
              : new Error(event.message),
          );
          break;
        case 'done':
          settle(waiting, event.id, event.problems);
          break;
        case 'batch':
          counters = event.counters;
          options.onBatch(event.batch);
          break;
        default:
          event satisfies never;
      }
    });
  });

  return {
    addresses,
    publish: (publication) => request((id) => ({ kind: 'publish', id, publication })),
    replaceRecords: (records) => request((id) => ({ kind: 'records', id, records })),
    counters: () => counters,
    close: async () => {
      if (!isClosing) worker.postMessage({ kind: 'close' } satisfies WorkerRequest);
      isClosing = true;
      const timer = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

function settle(waiting: Map<number, Waiting>, id: number, problems: readonly Problem[]): void {
  const request = waiting.get(id);
  waiting.delete(id);
  if (problems.length === 0) request?.resolve();
  else request?.reject(new ZoneError('the zone cannot be changed so', problems));
}
