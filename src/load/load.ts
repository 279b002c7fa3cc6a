/** A rate per second over the two windows of a policy. */
export interface Rate {
  readonly stable: number;
  readonly panic: number;
  /** The truth may be higher: caches are saturated or the sources were too many to tell apart. */
  readonly lowerBound: boolean;
}

/** Everything that is known of a page's load at one moment. `null` means that nothing was measured, which is not zero. */
export interface PageLoad {
  /** Visits per second behind the resolvers' caches, estimated. */
  readonly demand: Rate | null;
  /** Queries per second that the name server saw. */
  readonly queryRate: Rate | null;
  /** Requests per second that the origin and the replicas answered. */
  readonly requestRate: Rate | null;
  /** Distinct sources within the stable window (a count, not a rate). */
  readonly uniqueClients: number | null;
}

/** How a page's load is to be measured; comes from its policy. */
export interface LoadSettings {
  /** Milliseconds. */
  readonly stableWindow: number;
  /** Milliseconds; shorter than the stable window. */
  readonly panicWindow: number;
  /** True for a source (text form, see `SourceCount.source`) that must not count. */
  readonly ignores: (source: string) => boolean;
}
