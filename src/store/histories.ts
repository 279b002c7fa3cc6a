import { NO_HISTORY, type PageHistory } from '../scale/history.js';
import type { Sqlite } from './database.js';

export interface HistoryTable {
  all(): ReadonlyMap<string, PageHistory>;
  save(page: string, history: PageHistory): void;
}

/** An older hotzone knew less, and wrote only that. */
function read(text: string): PageHistory {
  const { failures, ...rest } = JSON.parse(text) as Partial<PageHistory>;
  // It once was one number for all placements.
  const isKnown = typeof failures === 'object';
  return { ...NO_HISTORY, ...rest, ...(isKnown ? { failures } : {}) };
}

export function historyTable(database: Sqlite): HistoryTable {
  const select = database.prepare<[], { page: string; history: string }>(
    'SELECT page, history FROM histories',
  );
  const upsert = database.prepare<[string, string]>(
    'INSERT OR REPLACE INTO histories (page, history) VALUES (?, ?)',
  );
  const remove = database.prepare<[string]>('DELETE FROM histories WHERE page = ?');
  return {
    all: () => new Map(select.all().map((row) => [row.page, read(row.history)])),
    save: (page, history) => {
      if (history === NO_HISTORY) remove.run(page);
      else upsert.run(page, JSON.stringify(history));
    },
  };
}
