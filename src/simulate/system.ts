/** An answer as a cache holds it. */
export interface Answer {
  /** Milliseconds. */
  readonly ttlMs: number;
  /** A visitor takes one of them at random, since caches and clients turn their order round. */
  readonly addresses: readonly string[];
}

/** What takes visits: a replica, or the origin as far as one page is concerned. */
export interface Server {
  readonly page: number;
  /** Visits since the tally was last taken; the world writes them. */
  visits: number;
}

/** How a page is served at a moment. */
export interface Standing {
  /** Replicas that are ready for visits. */
  readonly serving: number;
  /** Replicas that exist, and cost: also those that boot or drain. */
  readonly alive: number;
  /** Replicas that are wanted. */
  readonly desired: number;
  /** How often the number that is wanted was changed so far. */
  readonly changes: number;
  /** Money per hour for those alive. */
  readonly hourlyCost: number;
}

/** What is simulated: something that names pages, serves them and scales. */
export interface System {
  /** A cache's query at `at`, in milliseconds since the start. */
  ask(page: number, source: string, at: number): Answer;
  /** The server at an address of an answer; null when nothing is there any more. */
  serverAt(page: number, address: string): Server | null;
  /** Everything before `now` has happened. `isMeasured`: whether what came since the last step was counted at all. */
  step(now: number, isMeasured: boolean): void;
  standing(page: number): Standing;
}
