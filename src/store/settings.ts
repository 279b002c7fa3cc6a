import type { Sqlite } from './database.js';

export interface Settings {
  get(name: SettingName): string | null;
  set(name: SettingName, value: string): void;
}

/** `owner`: this installation's id, in every replica's tag. `serial`: the SOA serial published last. `boot_id`: the boot that monotonic times belong to. `seen_at`: when a daemon was last known to run, in Unix milliseconds. */
export type SettingName = 'owner' | 'serial' | 'boot_id' | 'seen_at';

export function settings(database: Sqlite): Settings {
  const select = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
  const upsert = database.prepare<[string, string]>(
    'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)',
  );
  return {
    get: (name) => select.get(name) ?? null,
    set: (name, value) => {
      upsert.run(name, value);
    },
  };
}
