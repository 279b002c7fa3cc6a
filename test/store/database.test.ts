import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { formatProblem } from '../../src/problem.js';
import { openDatabase } from '../../src/store/database.js';
import { MIGRATIONS } from '../../src/store/migrations.js';
import { parsed, problemsOf } from '../helpers/policy.js';
import { temporaryFolder } from '../helpers/store.js';

const IS_ROOT = process.getuid?.() === 0;

test('a new file gets the newest schema, and folders that are missing above it', (t) => {
  const file = join(temporaryFolder(t), 'one', 'two', 'hotzone.db');
  const database = parsed(openDatabase(file));
  assert.equal(database.pragma('user_version', { simple: true }), MIGRATIONS.length);
  assert.equal(database.pragma('journal_mode', { simple: true }), 'wal');
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  assert.deepEqual(tables, [
    'decisions',
    'events',
    'histories',
    'leases',
    'orders',
    'replicas',
    'samples',
    'settings',
  ]);
  database.close();
});

test('a file that is opened again keeps what is in it', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const first = parsed(openDatabase(file));
  first.prepare("INSERT INTO settings VALUES ('owner', 'me')").run();
  first.close();
  const second = parsed(openDatabase(file));
  assert.equal(second.prepare("SELECT value FROM settings WHERE name = 'owner'").pluck().get(), 'me');
  second.close();
});

test('a file of a newer version is refused and left as it is', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const newer = parsed(openDatabase(file));
  newer.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  newer.close();
  assert.deepEqual(problemsOf(openDatabase(file)), [
    `${file}: was written by a newer hotzone: its schema is version ${MIGRATIONS.length + 1}; run that version, or move the file away`,
  ]);
  const raw = new Database(file);
  assert.equal(raw.pragma('user_version', { simple: true }), MIGRATIONS.length + 1);
  raw.close();
});

test('a file that is open is refused to a second opener in the same process', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const first = parsed(openDatabase(file));
  const inUse = `${file}: is in use by another process; stop the other hotzone, or give this one a --state folder of its own`;
  assert.deepEqual(problemsOf(openDatabase(file)), [inUse]);
  first.close();
  parsed(openDatabase(file)).close();
});

/** Opens the file in a process of its own, and gives back what that said. */
function openElsewhere(file: string): string {
  const opener = new URL('../../src/store/database.js', import.meta.url).href;
  const script = `
    import { openDatabase } from ${JSON.stringify(opener)};
    const opened = openDatabase(process.argv[1]);
    process.stdout.write(opened.ok ? 'opened' : opened.problems[0].message);`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script, file], { encoding: 'utf8' })
    .stdout;
}

test('a file that is open is refused to another process, also before anything was written to it', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  parsed(openDatabase(file)).close();
  const reopened = parsed(openDatabase(file));
  assert.equal(openElsewhere(file), 'is in use by another process');
  reopened.close();
  assert.equal(openElsewhere(file), 'opened');
});

test('a file that is no database is called damaged, and not touched', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const text = 'these are not the octets of a database, however many of them there may be. '.repeat(100);
  writeFileSync(file, text);
  const [problem, ...more] = problemsOf(openDatabase(file));
  assert.deepEqual(more, []);
  assert.match(
    problem ?? '',
    /hotzone\.db: is damaged \(file is not a database\); end the replicas, move the file away/,
  );
  assert.equal(readFileSync(file, 'utf8'), text);
});

test('a database with damaged pages is refused', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const database = parsed(openDatabase(file));
  const insert = database.prepare('INSERT INTO settings VALUES (?, ?)');
  for (let i = 0; i < 500; i += 1) insert.run(`name ${i}`, 'x'.repeat(100));
  database.close();
  const octets = readFileSync(file);
  octets.fill(0xa5, 4_096 * 3, octets.length - 4_096);
  writeFileSync(file, octets);
  const opened = openDatabase(file);
  assert.ok(!opened.ok);
  assert.match(
    opened.problems.map(formatProblem).join(),
    /hotzone\.db: is damaged \(.+\); end the replicas, move the file away/,
  );
});

test('a file that cannot be made is refused with what to check', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const below = openDatabase(join(folder, 'file', 'hotzone.db'));
  assert.match(problemsOf(below)[0] ?? '', /cannot be opened: .*(ENOTDIR|EEXIST).*; check that the folder/);
  mkdirSync(join(folder, 'taken.db'));
  assert.match(problemsOf(openDatabase(join(folder, 'taken.db')))[0] ?? '', /cannot be opened: /);
});

test('a folder that cannot be written to is refused with what to check', (t) => {
  if (IS_ROOT) {
    // Permissions do not stop root; a file system without files does.
    assert.match(problemsOf(openDatabase('/proc/hotzone.db'))[0] ?? '', /cannot be opened: .*; check that/);
    return;
  }
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o500);
  assert.match(problemsOf(openDatabase(join(folder, 'hotzone.db')))[0] ?? '', /cannot be opened: /);
});

test('a database that may only be read is refused', (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'hotzone.db');
  parsed(openDatabase(file)).close();
  chmodSync(file, 0o400);
  const opened = openDatabase(file);
  if (IS_ROOT) return void parsed(opened).close();
  assert.match(problemsOf(opened)[0] ?? '', /cannot be opened: /);
});
