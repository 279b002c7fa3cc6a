import type { DriverFailure } from './driver.js';
import { ListenError } from './listen-error.js';
import { tryListen } from './listening.js';
import { failureOf } from './system-failure.js';

/** Addresses that stand for all that replicas may get, and the port of every replica. */
export interface CheckedPool {
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Whether replicas could listen at these addresses; the first one that is wrong. */
export async function checkPool(pool: CheckedPool): Promise<DriverFailure | null> {
  for (const address of pool.addresses) {
    const error = await tryListen(address, pool.port);
    // In use is no fault of the pool: a replica that outlived the last run may have it.
    if (error === null || error.code === 'EADDRINUSE') continue;
    const failure = new ListenError(error, address, pool.port);
    return { ...failureOf(error), message: failure.message };
  }
  return null;
}
