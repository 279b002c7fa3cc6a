import type { Measured } from '../scale/metric.js';
import type { Step } from '../scale/reason.js';
import type { Sqlite } from './database.js';

/** What was decided for a page, why, and what was done about it. */
export interface DecisionRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly page: string;
  readonly policy: string;
  readonly current: number;
  readonly serving: number;
  readonly desired: number;
  /** Null: nothing was measured. */
  readonly measured: Measured | null;
  /** Only the steps that had something to say. */
  readonly chain: readonly Step[];
  /** In the operator's words, e.g. `boot 3f2a… on 127.77.0.1`. */
  readonly actions: readonly string[];
  readonly dryRun: boolean;
  /** Something came of it, or it differs from the last one in what it comes to; otherwise only how it got there changed. */
  readonly isNews: boolean;
}

export interface DecisionTable {
  add(record: DecisionRecord): void;
  /** Those that are news, newest first. */
  recent(query: { readonly page?: string; readonly limit: number }): readonly DecisionRecord[];
  /** What was news from `from` to `to` (both included), oldest first; the last `limit`. */
  between(page: string, from: number, to: number, limit: number): readonly DecisionRecord[];
  /** The one in force at `at`, news or not. */
  last(page: string, at: number): DecisionRecord | null;
  /** When the first one was made, null when there is none. */
  since(): number | null;
  /** Deletes what was decided before `before` (Unix milliseconds), and what is more than `max`. */
  prune(before: number, max: number): number;
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
  serving: number;
  measured: string | null;
  is_news: number;
}

export function decisionTable(database: Sqlite): DecisionTable {
  const insert = database.prepare<[Omit<Row, never>]>(
    `INSERT INTO decisions (at_wall, page, policy, current, desired, chain, actions, dry_run, serving, measured, is_news)
     VALUES (@at_wall, @page, @policy, @current, @desired, @chain, @actions, @dry_run, @serving, @measured, @is_news)`,
  );
  const ofAll = database.prepare<[number], Row>(
    'SELECT * FROM decisions WHERE is_news = 1 ORDER BY id DESC LIMIT ?',
  );
  const ofPage = database.prepare<[string, number], Row>(
    'SELECT * FROM decisions WHERE page = ? AND is_news = 1 ORDER BY id DESC LIMIT ?',
  );
  const between = database.prepare<[string, number, number, number], Row>(
    `SELECT * FROM (SELECT * FROM decisions WHERE page = ? AND is_news = 1 AND at_wall BETWEEN ? AND ?
       ORDER BY id DESC LIMIT ?) ORDER BY id`,
  );
  const last = database.prepare<[string, number], Row>(
    'SELECT * FROM decisions WHERE page = ? AND at_wall <= ? ORDER BY id DESC LIMIT 1',
  );
  const first = database.prepare<[], number | null>('SELECT min(at_wall) FROM decisions').pluck();
  const remove = database.prepare<[number, number]>(
    `DELETE FROM decisions
     WHERE at_wall < ? OR id <= (SELECT id FROM decisions ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  );
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
        serving: record.serving,
        measured: record.measured === null ? null : JSON.stringify(record.measured),
        is_news: record.isNews ? 1 : 0,
      });
    },
    recent: ({ page, limit }) =>
      (page === undefined ? ofAll.all(limit) : ofPage.all(page, limit)).map(fromRow),
    between: (page, from, to, limit) => between.all(page, from, to, limit).map(fromRow),
    last: (page, at) => {
      const row = last.get(page, at);
      return row === undefined ? null : fromRow(row);
    },
    since: () => first.get() ?? null,
    prune: (before, max) => remove.run(before, max).changes,
  };
}

function fromRow(row: Row): DecisionRecord {
  return {
    at: row.at_wall,
    page: row.page,
    policy: row.policy,
    current: row.current,
    serving: row.serving,
    measured: row.measured === null ? null : (JSON.parse(row.measured) as Measured),
    desired: row.desired,
    chain: JSON.parse(row.chain) as Step[],
    actions: JSON.parse(row.actions) as string[],
    dryRun: row.dry_run === 1,
    isNews: row.is_news === 1,
  };
}
