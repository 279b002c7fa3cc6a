import type { Step } from '../scale/reason.js';
import type { Sqlite } from './database.js';

/** What was decided for a page, why, and what was done about it. */
export interface DecisionRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly page: string;
  readonly policy: string;
  readonly current: number;
  readonly desired: number;
  readonly chain: readonly Step[];
  /** In the operator's words, e.g. `boot 3f2a… on 127.77.0.1`. */
  readonly actions: readonly string[];
  readonly dryRun: boolean;
}

export interface DecisionTable {
  add(record: DecisionRecord): void;
  /** Newest first. */
  recent(query: { readonly page?: string; readonly limit: number }): readonly DecisionRecord[];
  /** Deletes what was decided before `before` (Unix milliseconds). */
  deleteBefore(before: number): number;
}

interface Row {
  at_wall: number;
  page: string;
  policy: string;
  current: number;
  desired: number;
  chain: string;
  actions: string;
  dry_run: number;
}

export function decisionTable(database: Sqlite): DecisionTable {
  const insert = database.prepare<[Omit<Row, never>]>(
    `INSERT INTO decisions (at_wall, page, policy, current, desired, chain, actions, dry_run)
     VALUES (@at_wall, @page, @policy, @current, @desired, @chain, @actions, @dry_run)`,
  );
  const ofAll = database.prepare<[number], Row>('SELECT * FROM decisions ORDER BY id DESC LIMIT ?');
  const ofPage = database.prepare<[string, number], Row>(
    'SELECT * FROM decisions WHERE page = ? ORDER BY id DESC LIMIT ?',
  );
  const remove = database.prepare<[number]>('DELETE FROM decisions WHERE at_wall < ?');
  return {
    add: (record) => {
      insert.run({
        at_wall: Math.round(record.at),
        page: record.page,
        policy: record.policy,
        current: record.current,
        desired: record.desired,
        chain: JSON.stringify(record.chain),
        actions: JSON.stringify(record.actions),
        dry_run: record.dryRun ? 1 : 0,
      });
    },
    recent: ({ page, limit }) =>
      (page === undefined ? ofAll.all(limit) : ofPage.all(page, limit)).map(fromRow),
    deleteBefore: (before) => remove.run(before).changes,
  };
}

function fromRow(row: Row): DecisionRecord {
  return {
    at: row.at_wall,
    page: row.page,
    policy: row.policy,
    current: row.current,
    desired: row.desired,
    chain: JSON.parse(row.chain) as Step[],
    actions: JSON.parse(row.actions) as string[],
    dryRun: row.dry_run === 1,
  };
}
