import type { DnsCounters } from '../../dns/counters.js';
import type { Name } from '../../dns/name.js';
import type { Publication } from '../../dns/publication.js';
import type { ResourceRecord } from '../../dns/record.js';
import type { QueryBatch } from '../../load/batch.js';
import type { Problem } from '../../problem.js';
import type { ListenAddress, ListenWish } from './listen.js';
import type { QueryLogReport } from './query-log.js';
import type { TcpLimits } from './tcp-listener.js';

/** What the name server's process starts with: the first message to it. */
export interface DnsSettings {
  readonly listen: readonly ListenWish[];
  readonly domain: string;
  readonly records: readonly ResourceRecord[];
  readonly originAddresses: readonly string[];
  readonly initial: Publication | undefined;
  readonly batchIntervalMs: number;
  readonly tcp: TcpLimits;
}

/** To the process, once it listens; `id` comes back with the answer. */
export type DnsRequest =
  | { readonly kind: 'publish'; readonly id: number; readonly publication: Publication }
  | { readonly kind: 'records'; readonly id: number; readonly records: readonly ResourceRecord[] }
  /** Has the queries for a name, in lower case, come with the batches; null: none. */
  | { readonly kind: 'log'; readonly id: number; readonly name: Name | null }
  | { readonly kind: 'close' };

/** From the process. `failed` is instead of `listening`. */
export type DnsEvent =
  | {
      readonly kind: 'listening';
      readonly addresses: readonly ListenAddress[];
      readonly counters: DnsCounters;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'done'; readonly id: number; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'batch';
      readonly batch: QueryBatch;
      readonly counters: DnsCounters;
      readonly logged: QueryLogReport | null;
    };
