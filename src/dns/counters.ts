/** Cumulative counts of the DNS process since it started; every key set is closed, so that metrics stay bounded. */
export interface DnsCounters {
  readonly requests: readonly {
    readonly proto: 'udp' | 'tcp';
    readonly family: 'ipv4' | 'ipv6';
    /** One of `COUNTED_QUERY_TYPES`, or `other`. */
    readonly qtype: string;
    readonly count: number;
  }[];
  readonly responses: readonly {
    readonly rcode: string;
    readonly source: AnswerSource;
    readonly count: number;
  }[];
  readonly truncated: number;
  readonly dropped: readonly { readonly reason: DropReason; readonly count: number }[];
  /** Seconds from receipt to send, in cumulative buckets as Prometheus has them. */
  readonly duration: {
    readonly upperBounds: readonly number[];
    readonly counts: readonly number[];
    readonly sum: number;
    readonly count: number;
  };
  readonly tcpConnections: number;
  /** What the process has used; times are in seconds since it started. */
  readonly process: {
    readonly cpu: number;
    /** In which its event loop was not idle. */
    readonly busy: number;
    readonly residentBytes: number;
  };
}

/** Where an answer came from: page addresses of replicas, of the origin alone, static records, or no data at all. */
export type AnswerSource = 'replicas' | 'origin' | 'static' | 'none';

export type DropReason = 'response' | 'short' | 'source' | 'overload';

export const COUNTED_QUERY_TYPES = ['A', 'AAAA', 'HTTPS', 'SOA', 'NS', 'TXT', 'MX', 'CAA', 'ANY'] as const;
