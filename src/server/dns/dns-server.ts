import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DnsCounters } from '../../dns/counters.js';
import type { Name } from '../../dns/name.js';
import type { Publication } from '../../dns/publication.js';
import type { ResourceRecord } from '../../dns/record.js';
import type { QueryBatch } from '../../load/batch.js';
import { formatProblem, type Problem } from '../../problem.js';
import type { ListenAddress, ListenWish } from './listen.js';
import type { DnsEvent, DnsRequest, DnsSettings } from './protocol.js';
import type { QueryLogReport } from './query-log.js';
import { goFirst } from './real-time.js';
import type { TcpLimits } from './tcp-listener.js';

export interface DnsServerOptions {
  /** UDP and TCP share each port; 0 = any free one. */
  readonly listen: readonly ListenWish[];
  readonly domain: string;
  /** The static records, one SOA and at least one NS at the apex among them (see `defaultRecords`). */
  readonly records: readonly ResourceRecord[];
  /** Answers of these addresses alone are counted as the origin's. */
  readonly originAddresses?: readonly string[];
  /** What the pages are answered from the first query on; without it no page has a name until `publish`. */
  readonly initial?: Publication | undefined;
  /** Called every `batchIntervalMs`, also when nothing was asked. */
  readonly onBatch: (batch: QueryBatch) => void;
  /** Called with what was asked for the name of `logQueries`. */
  readonly onLogged?: (report: QueryLogReport) => void;
  readonly batchIntervalMs?: number;
  /** The process has died: nothing is answered any more. */
  readonly onFatal: (error: Error) => void;
  readonly tcp?: Partial<TcpLimits>;
}

export interface DnsServer {
  /** With the real ports. */
  readonly addresses: readonly ListenAddress[];
  /** Why answers wait for their turn behind what else this host runs; null: they go first. */
  readonly normalPriority: string | null;
  /** Resolves once it is answered from; rejects with a `ZoneError`, and nothing is changed, where it cannot be. */
  publish(publication: Publication): Promise<void>;
  /** As `publish`, for the static records. The SOA serial rises with the next publication, which is the caller's to make. */
  replaceRecords(records: readonly ResourceRecord[]): Promise<void>;
  /** From now on queries for this name, in lower case, are kept for `onLogged`; null: none. */
  logQueries(name: Name | null): Promise<void>;
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
/** After so long the process is ended the hard way. */
const CLOSE_TIMEOUT_MS = 2_000;

const PROGRAM = fileURLToPath(new URL('./dns-process.js', import.meta.url));
/**
 * It keeps so little that a scavenge, all in its own thread, is shorter than a wait for helpers; and V8 would use the
 * calm before a surge to compact what little there is, 30 ms at a time.
 */
const V8_OPTIONS = ['--single-threaded-gc', '--no-memory-reducer'];

/** Behind these come the sockets that are handed over. */
const STDIO: ['ignore', 'inherit', 'inherit', 'ipc'] = ['ignore', 'inherit', 'inherit', 'ipc'];

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Starts the server in a process of its own; rejects where it cannot listen or the records are no zone. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { listen, fds } = handOver(options.listen);
  const settings: DnsSettings = {
    listen,
    domain: options.domain,
    records: options.records,
    originAddresses: options.originAddresses ?? [],
    initial: options.initial,
    batchIntervalMs: options.batchIntervalMs ?? DEFAULT_BATCH_INTERVAL_MS,
    tcp: { ...DEFAULT_TCP, ...options.tcp },
  };
  const child = fork(PROGRAM, [], {
    execArgv: V8_OPTIONS,
    serialization: 'advanced',
    stdio: [...STDIO, ...fds],
  });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let isClosing = false;
  let counters: DnsCounters;

  // What it sent last comes before its channel ends, and not always before its exit.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  // A channel that is gone is the end of the process, which rejects all that wait.
  const send = (message: DnsSettings | DnsRequest): void => void child.send(message, () => {});
  const request = (make: (id: number) => DnsRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      if (isClosing) return reject(new Error('the DNS server is closed'));
      nextId += 1;
      waiting.set(nextId, { resolve, reject });
      send(make(nextId));
    });

  const addresses = await new Promise<readonly ListenAddress[]>((resolve, reject) => {
    let isListening = false;
    const die = (error: Error): void => {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      if (!isListening) reject(error);
      else if (!isClosing) options.onFatal(error);
      isClosing = true;
    };
    ended.then(
      ([[code, signal]]) => die(new Error(`the DNS process has ended (${signal ?? `code ${code}`})`)),
      die,
    );
    child.on('message', (event: DnsEvent) => {
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
          if (event.logged !== null) options.onLogged?.(event.logged);
          break;
        default:
          event satisfies never;
      }
    });
    send(settings);
  });
  const normalPriority = await goFirst(child.pid as number);

  return {
    addresses,
    normalPriority,
    publish: (publication) => request((id) => ({ kind: 'publish', id, publication })),
    replaceRecords: (records) => request((id) => ({ kind: 'records', id, records })),
    logQueries: (name) => request((id) => ({ kind: 'log', id, name })),
    counters: () => counters,
    close: async () => {
      if (!isClosing) send({ kind: 'close' });
      isClosing = true;
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The wishes with the numbers that their sockets will have in the process, and the sockets in that order. */
function handOver(wishes: readonly ListenWish[]): { listen: readonly ListenWish[]; fds: readonly number[] } {
  const fds: number[] = [];
  const there = (fd: number | null): number | null => (fd === null ? null : STDIO.length - 1 + fds.push(fd));
  const listen = wishes.map(({ fds: here, ...where }) =>
    here === undefined ? where : { ...where, fds: { udp: there(here.udp), tcp: there(here.tcp) } },
  );
  return { listen, fds };
}

function settle(waiting: Map<number, Waiting>, id: number, problems: readonly Problem[]): void {
  const request = waiting.get(id);
  waiting.delete(id);
  if (problems.length === 0) request?.resolve();
  else request?.reject(new ZoneError('the zone cannot be changed so', problems));
}
