/**
 * The schema, one step a version (`PRAGMA user_version`). A step that has been released is never edited: add another.
 * Times are monotonic milliseconds of the boot named in `settings.boot_id`, except those named `…_wall` (Unix milliseconds).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE replicas (
    id TEXT PRIMARY KEY,
    page TEXT NOT NULL,
    host TEXT NOT NULL,
    policy TEXT NOT NULL,
    driver TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    address TEXT NOT NULL,
    digest TEXT NOT NULL,
    bundle_file TEXT NOT NULL,
    ref TEXT NOT NULL,
    created_at REAL NOT NULL,
    state_since REAL NOT NULL,
    probe_streak INTEGER NOT NULL,
    answer_ttl REAL NOT NULL,
    withdrawn_at REAL,
    busy_at REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX replicas_by_state ON replicas (state);

  CREATE TABLE leases (
    address TEXT PRIMARY KEY,
    replica TEXT NOT NULL,
    page TEXT NOT NULL,
    released_at REAL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE histories (page TEXT PRIMARY KEY, history TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    at_wall INTEGER NOT NULL,
    page TEXT NOT NULL,
    policy TEXT NOT NULL,
    current INTEGER NOT NULL,
    desired INTEGER NOT NULL,
    chain TEXT NOT NULL,
    actions TEXT NOT NULL,
    dry_run INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX decisions_by_page ON decisions (page, id);
  CREATE INDEX decisions_by_time ON decisions (at_wall);
  `,
  `
  CREATE TABLE orders (
    kind TEXT NOT NULL,
    page TEXT NOT NULL,
    replicas INTEGER,
    since_wall INTEGER NOT NULL,
    until_wall INTEGER,
    by TEXT NOT NULL,
    PRIMARY KEY (kind, page)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE decisions ADD COLUMN serving INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE decisions ADD COLUMN measured TEXT;
  ALTER TABLE decisions ADD COLUMN is_news INTEGER NOT NULL DEFAULT 1;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at_wall INTEGER NOT NULL,
    kind TEXT NOT NULL,
    page TEXT NOT NULL,
    subject TEXT NOT NULL,
    what TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_page ON events (page, at_wall);

  CREATE TABLE samples (
    page TEXT NOT NULL,
    at_wall INTEGER NOT NULL,
    demand INTEGER,
    query_rate INTEGER,
    request_rate INTEGER,
    measured INTEGER,
    desired INTEGER NOT NULL,
    serving INTEGER NOT NULL,
    replicas INTEGER NOT NULL,
    PRIMARY KEY (page, at_wall)
  ) STRICT, WITHOUT ROWID;
  `,
  `ALTER TABLE replicas ADD COLUMN hourly_cost REAL NOT NULL DEFAULT 0;`,
  `ALTER TABLE replicas ADD COLUMN replaces TEXT;`,
];
