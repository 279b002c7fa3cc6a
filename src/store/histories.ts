import { NO_HISTORY, type PageHistory } from '../scale/history.js';
import type { Sqlite } from './database.js';

export interface HistoryTable {
  all(): ReadonlyMap<string, PageHistory>;
  save(page: string, history: PageHistory): void;
}

/** An older hotzone knew less, and wrote only that. */
function read(text: string): PageHistory {
  return { ...NO_HISTORY, ...(JSON.parse(text) as Partial<PageHistory>) };
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
