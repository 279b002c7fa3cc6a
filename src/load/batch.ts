/** Query types that a client's one visit may ask for together; they are one demand, not three. */
export type AddressQueryType = 'A' | 'AAAA' | 'HTTPS';

/** What one source, a cache with an address, asked for one name since the last batch. */
export interface SourceCount {
  /** Host name of a page in lower case; only names that exist are ever counted. */
  readonly host: string;
  /**
   * The address that asked, in text form. A client subnet (RFC 7871) in the query is no source of its own while answers
   * have scope 0: the resolver keeps one of them for all its clients.
   */
  readonly source: string;
  readonly type: AddressQueryType;
  readonly queries: number;
  /**
   * Milliseconds since the source was first seen, or since the last batch, in which it held no valid answer, summed
   * up to its last query: the sum of max(0, gap - TTL) with the TTL that was really handed out.
   */
  readonly exposure: number;
  /** Monotonic milliseconds of the last query. */
  readonly lastQuery: number;
  /** Monotonic milliseconds until which the answer handed out last may be cached. */
  readonly validUntil: number;
}

/** What the DNS process answered between two moments (monotonic milliseconds). It is sent even when nothing was asked: silence is an outage, not zero. */
export interface QueryBatch {
  readonly from: number;
  readonly to: number;
  readonly sources: readonly SourceCount[];
  /** Queries for page names by sources that the bounded table had no room for. */
  readonly rest: readonly { readonly host: string; readonly queries: number }[];
}

/** HTTP requests for one page that one server (the origin or a replica) answered between two moments (monotonic milliseconds). */
export interface RequestCount {
  readonly host: string;
  /** `origin`, or the replica's id. */
  readonly server: string;
  readonly from: number;
  readonly to: number;
  readonly requests: number;
}

/** What a server told of a time (monotonic milliseconds); it may have had nothing to count. */
export interface RequestReport {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly RequestCount[];
}
