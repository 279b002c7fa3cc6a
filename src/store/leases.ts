import type { Lease } from '../scale/address-pool.js';
import type { Sqlite } from './database.js';

export interface LeaseTable {
  all(): readonly Lease[];
  save(lease: Lease): void;
  /** Forgets what was released before `before` (monotonic milliseconds). */
  deleteReleased(before: number): number;
}

export function leaseTable(database: Sqlite): LeaseTable {
  const select = database.prepare<[], Lease>(
    'SELECT address, replica, page, released_at AS releasedAt FROM leases',
  );
  const upsert = database.prepare<[Lease]>(
    'INSERT OR REPLACE INTO leases (address, replica, page, released_at) VALUES (@address, @replica, @page, @releasedAt)',
  );
  const remove = database.prepare<[number]>('DELETE FROM leases WHERE released_at < ?');
  return {
    all: () => select.all(),
    save: (lease) => {
      upsert.run(lease);
    },
    deleteReleased: (before) => remove.run(before).changes,
  };
}
