import type { CheckedPool } from '../pool-check.js';

export interface ProcessDriverOptions {
  /** Holds the replicas' logs and control sockets; made if it is not there. */
  readonly stateDir: string;
  /** The Node.js program that runs replicas. */
  readonly node: string;
  /** What `check` tries to bind; `create` takes whatever address it is given. */
  readonly pool: CheckedPool;
}
