import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.js';
import type { Parsed } from '../problem.js';
import { databaseProblem, openDatabase, type Sqlite } from './database.js';
import { type DecisionTable, decisionTable } from './decisions.js';
import { type EventTable, eventTable } from './events.js';
import { type HistoryTable, historyTable } from './histories.js';
import { type LeaseTable, leaseTable } from './leases.js';
import { type OrderTable, orderTable } from './orders.js';
import { type ReplicaTable, replicaTable } from './replicas.js';
import { type SampleTable, sampleTable } from './samples.js';
import { type Settings, settings } from './settings.js';

/** Everything that must outlive the daemon. Writes throw when the disk refuses them; nothing is then half written. */
export interface Store {
  /** This installation's id: replicas that carry another are none of its business. */
  readonly owner: string;
  readonly replicas: ReplicaTable;
  readonly leases: LeaseTable;
  readonly histories: HistoryTable;
  readonly decisions: DecisionTable;
  readonly orders: OrderTable;
  readonly events: EventTable;
  readonly samples: SampleTable;
  /** Unix milliseconds at which a daemon was last known to run, null when none has. */
  readonly seenAt: number | null;
  saveSeenAt(at: number): void;
  /** SOA serial of the last publication, 0 when there was none. */
  readonly serial: number;
  saveSerial(serial: number): void;
  /** All of it is written, or none. */
  transaction<T>(work: () => T): T;
  close(): void;
}

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** `file`: path of the SQLite database, `:memory:` for none. */
export function openStore(file: string, clock: Clock, bootId = readBootId()): Parsed<Store> {
  const opened = openDatabase(file);
  if (!opened.ok) return opened;
  try {
    return { ok: true, value: storeIn(opened.value, clock, bootId) };
  } catch (error) {
    opened.value.close();
    return { ok: false, problems: [databaseProblem(file, error)] };
  }
}

/** The store in a database that is open and has the newest schema; throws when the disk refuses to note whose it is. */
export function storeIn(database: Sqlite, clock: Clock, bootId = readBootId()): Store {
  const set = settings(database);
  const owner = database.transaction(() => {
    adoptBoot(database, set, bootId, clock.now());
    const known = set.get('owner') ?? randomUUID();
    set.set('owner', known);
    return known;
  })();
  return {
    owner,
    replicas: replicaTable(database),
    leases: leaseTable(database),
    histories: historyTable(database),
    decisions: decisionTable(database),
    orders: orderTable(database),
    events: eventTable(database),
    samples: sampleTable(database),
    get seenAt() {
      const at = set.get('seen_at');
      return at === null ? null : Number(at);
    },
    saveSeenAt: (at) => set.set('seen_at', String(Math.round(at))),
    get serial() {
      return Number(set.get('serial') ?? 0);
    },
    saveSerial: (serial) => set.set('serial', String(serial)),
    transaction: (work) => database.transaction(work).immediate(),
    close: () => {
      database.close();
    },
  };
}

/**
 * Monotonic times mean nothing after a reboot. All that was under way is then taken to have begun now, which waits
 * longer than needed and never shorter.
 */
function adoptBoot(database: Sqlite, set: Settings, bootId: string, now: number): void {
  if (set.get('boot_id') === bootId) return;
  database.prepare('UPDATE replicas SET created_at = ?, state_since = ?, busy_at = ?').run(now, now, now);
  database.prepare('UPDATE replicas SET withdrawn_at = ? WHERE withdrawn_at IS NOT NULL').run(now);
  database.prepare('UPDATE leases SET released_at = ? WHERE released_at IS NOT NULL').run(now);
  database.prepare('DELETE FROM histories').run();
  set.set('boot_id', bootId);
}

function readBootId(): string {
  return readFileSync(BOOT_ID_FILE, 'utf8').trim();
}
