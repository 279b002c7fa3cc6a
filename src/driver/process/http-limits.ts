/** What one client may cost a server of pages. */
export interface HttpLimits {
  readonly maxHeaderBytes: number;
  /** A larger request body is not read; the connection closes after the answer. */
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** A client that keeps its connection alive never resolves the name again, so it would miss new replicas. */
  readonly maxRequestsPerConnection: number;
  readonly maxConnectionAgeMs: number;
  /** From the first byte to the end of the header. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number;
  /** Between two requests. */
  readonly idleTimeoutMs: number;
  /** While a client takes nothing of its response. */
  readonly stallTimeoutMs: number;
  /** When draining, a connection that has been idle for so long is closed: a request is unlikely to be under way. */
  readonly drainIdleMs: number;
  /** How often time-outs are looked for. */
  readonly sweepMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  maxHeaderBytes: 16_384,
  maxBodyBytes: 65_536,
  maxConnections: 4_096,
  maxRequestsPerConnection: 1_000,
  maxConnectionAgeMs: 60_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  idleTimeoutMs: 5_000,
  stallTimeoutMs: 30_000,
  drainIdleMs: 1_000,
  sweepMs: 250,
};
