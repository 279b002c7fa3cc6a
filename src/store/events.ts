import type { ReplicaState } from '../scale/replica.js';
import type { Sqlite } from './database.js';

/** What happened, for explanations of the past. `at` is in Unix milliseconds. */
export type EventRecord = { readonly at: number } /** `from` null: it came to be. */ & (
  | {
      readonly kind: 'moved';
      readonly page: string;
      readonly replica: string;
      readonly address: string;
      readonly driver: string;
      readonly from: ReplicaState | null;
      readonly to: ReplicaState;
      readonly reason: string;
    }
  | { readonly kind: 'surge'; readonly page: string }
  /** `page` null: every page. */
  | {
      readonly kind: 'ordered';
      readonly page: string | null;
      readonly verb: string;
      readonly detail: string;
      readonly by: string;
    }
  /** A daemon began; `lastSeen` is when the one before it was last known to run, null when there was none. */
  | { readonly kind: 'started'; readonly lastSeen: number | null }
  | { readonly kind: 'stopped' }
);

export interface EventTable {
  add(record: EventRecord): void;
  /** Of the page, and of everything at once, from `from` to `to` (both included), oldest first; the last `limit`. */
  between(page: string, from: number, to: number, limit: number): readonly EventRecord[];
  /** The last move of every replica of the page until `at`. */
  lastMoves(page: string, at: number): readonly Extract<EventRecord, { kind: 'moved' }>[];
  /** The last of that kind until `at`, or the first after it. */
  lastOf(kind: 'started' | 'stopped', at: number): EventRecord | null;
  firstAfter(kind: 'started', at: number): EventRecord | null;
  /** When the first one happened of those that concern every page, null when there is none. */
  since(): number | null;
  /** Deletes what is older than `before`, and what is more than `max`; not what replicas that exist went through. */
  prune(before: number, max: number): number;
}

interface Row {
  at_wall: number;
  kind: string;
  page: string;
  subject: string;
  what: string;
}

/** Of what concerns every page: each page's path begins with a slash. */
const EVERY_PAGE = '';

export function eventTable(database: Sqlite): EventTable {
  const insert = database.prepare<[Row]>(
    'INSERT INTO events (at_wall, kind, page, subject, what) VALUES (@at_wall, @kind, @page, @subject, @what)',
  );
  const between = database.prepare<[string, number, number, number], Row>(
    `SELECT * FROM (SELECT * FROM events WHERE page IN (?, '') AND at_wall BETWEEN ? AND ? ORDER BY id DESC LIMIT ?)
     ORDER BY id`,
  );
  const lastMoves = database.prepare<[string, number], Row>(
    `SELECT * FROM events WHERE id IN
       (SELECT max(id) FROM events WHERE page = ? AND kind = 'moved' AND at_wall <= ? GROUP BY subject) ORDER BY id`,
  );
  const lastOf = database.prepare<[string, number], Row>(
    `SELECT * FROM events WHERE page = '' AND kind = ? AND at_wall <= ? ORDER BY id DESC LIMIT 1`,
  );
  const firstAfter = database.prepare<[string, number], Row>(
    `SELECT * FROM events WHERE page = '' AND kind = ? AND at_wall > ? ORDER BY id LIMIT 1`,
  );
  const first = database
    .prepare<[], number | null>(`SELECT min(at_wall) FROM events WHERE page = ''`)
    .pluck();
  const remove = database.prepare<[number, number]>(
    `DELETE FROM events WHERE (at_wall < ? OR id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?))
       AND subject NOT IN (SELECT id FROM replicas WHERE state <> 'gone')`,
  );
  const one = (row: Row | undefined): EventRecord | null => (row === undefined ? null : fromRow(row));
  return {
    add: (record) => {
      insert.run(toRow(record));
    },
    between: (page, from, to, limit) => between.all(page, from, to, limit).map(fromRow),
    lastMoves: (page, at) =>
      lastMoves.all(page, at).map((row) => fromRow(row) as Extract<EventRecord, { kind: 'moved' }>),
    lastOf: (kind, at) => one(lastOf.get(kind, at)),
    firstAfter: (kind, at) => one(firstAfter.get(kind, at)),
    since: () => first.get() ?? null,
    prune: (before, max) => remove.run(before, max).changes,
  };
}

function toRow(record: EventRecord): Row {
  const { at, kind, ...rest } = record;
  const { page = EVERY_PAGE, replica = '', ...what } = rest as Partial<Record<string, unknown>>;
  return {
    at_wall: Math.round(at),
    kind,
    page: typeof page === 'string' ? page : EVERY_PAGE,
    subject: String(replica),
    what: JSON.stringify(what),
  };
}

function fromRow({ at_wall: at, kind, page, subject, what }: Row): EventRecord {
  const rest = JSON.parse(what) as object;
  if (kind === 'moved') return { at, kind, page, replica: subject, ...rest } as EventRecord;
  if (kind === 'ordered')
    return { at, kind, page: page === EVERY_PAGE ? null : page, ...rest } as EventRecord;
  return { at, kind, ...(page === EVERY_PAGE ? {} : { page }), ...rest } as EventRecord;
}
