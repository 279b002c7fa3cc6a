import type { Replica } from '../scale/replica.js';
import type { Sqlite } from './database.js';

/** Every column of the table, in the order of the schema, with the field it holds. */
const COLUMNS = {
  id: 'id',
  page: 'page',
  host: 'host',
  policy: 'policy',
  driver: 'driver',
  state: 'state',
  reason: 'reason',
  address: 'address',
  digest: 'digest',
  bundle_file: 'bundleFile',
  ref: 'ref',
  created_at: 'createdAt',
  state_since: 'stateSince',
  probe_streak: 'probeStreak',
  answer_ttl: 'answerTtl',
  withdrawn_at: 'withdrawnAt',
  busy_at: 'busyAt',
  hourly_cost: 'hourlyCost',
  replaces: 'replaces',
} as const satisfies Record<string, keyof Replica>;

export interface ReplicaTable {
  /** All that are not gone. */
  all(): readonly Replica[];
  /** Inserts it, or writes all of it anew. */
  save(replica: Replica): void;
  /** Takes those that are gone out of the table; their decisions stay. */
  deleteGone(): number;
}

export function replicaTable(database: Sqlite): ReplicaTable {
  const fields = Object.entries(COLUMNS);
  const selected = fields.map(([column, field]) => `${column} AS ${field}`).join(', ');
  const select = database.prepare<[], Replica>(
    `SELECT ${selected} FROM replicas WHERE state <> 'gone' ORDER BY created_at`,
  );
  const upsert = database.prepare<[Replica]>(
    `INSERT OR REPLACE INTO replicas (${fields.map(([column]) => column).join(', ')})
     VALUES (${fields.map(([, field]) => `@${field}`).join(', ')})`,
  );
  const remove = database.prepare(`DELETE FROM replicas WHERE state = 'gone'`);
  return {
    all: () => select.all(),
    save: (replica) => {
      upsert.run(replica);
    },
    deleteGone: () => remove.run().changes,
  };
}
