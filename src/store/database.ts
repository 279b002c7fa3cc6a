import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Parsed, Problem } from '../problem.js';
import { MIGRATIONS } from './migrations.js';

export type Sqlite = Database.Database;

/**
 * Opens the database file, alone: a second daemon on the same state must not act on the same replicas, so the lock is
 * exclusive and held until the process ends, however it ends (sqlite.org/pragma.html#pragma_locking_mode).
 */
export function openDatabase(file: string): Parsed<Sqlite> {
  let database: Sqlite | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new Database(file, { timeout: 0 });
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    const damage = database.pragma('quick_check(1)', { simple: true });
    if (damage !== 'ok') throw new CorruptDatabase(String(damage));
    migrate(database);
    return { ok: true, value: database };
  } catch (error) {
    database?.close();
    return { ok: false, problems: [databaseProblem(file, error)] };
  }
}

/** Bytes of the file and its write-ahead log on disk; a file that is not there has none. */
export function databaseSize(file: string): number {
  return [file, `${file}-wal`].reduce(
    (total, path) => total + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

class CorruptDatabase extends Error {}
class NewerDatabase extends Error {}

function migrate(database: Sqlite): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) throw new NewerDatabase(`its schema is version ${version}`);
  const step = database.transaction((sql: string, next: number) => {
    database.exec(sql);
    database.pragma(`user_version = ${next}`);
  });
  MIGRATIONS.slice(version).forEach((sql, index) => {
    step.immediate(sql, version + index + 1);
  });
}

/** What keeps a database file from being used, and what to do about it. */
export function databaseProblem(where: string, error: unknown): Problem {
  if (error instanceof NewerDatabase) {
    return {
      where,
      message: `was written by a newer hotzone: ${error.message}`,
      hint: 'run that version, or move the file away',
    };
  }
  const code = error instanceof Database.SqliteError ? error.code : '';
  const message = (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ');
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') {
    return {
      where,
      message: 'is in use by another process',
      hint: 'stop the other hotzone, or give this one a --state folder of its own',
    };
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || error instanceof CorruptDatabase) {
    const hint =
      'end the replicas, move the file away and start again: with a new file they would be strangers';
    return { where, message: `is damaged (${message})`, hint };
  }
  return {
    where,
    message: `cannot be opened: ${message}`,
    hint: 'check that the folder exists, is writable and has room',
  };
}
