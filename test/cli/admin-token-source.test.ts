import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tokenFrom } from '../../src/cli/admin-token-source.js';
import { adminToken } from '../../src/cli/daemon/admin-token.js';
import { parsed, problemsOf } from '../helpers/policy.js';
import { temporaryFolder } from '../helpers/store.js';

const [IN_FILE, IN_STATE, IN_VARIABLE] = ['f'.repeat(20), 's'.repeat(20), 'v'.repeat(20)];

test('the file that is named comes before the environment, and that before the state folder', (t) => {
  const stateDir = temporaryFolder(t);
  const tokenFile = join(stateDir, 'token');
  writeFileSync(tokenFile, `${IN_FILE}\nand a comment\n`);
  writeFileSync(join(stateDir, 'admin-token'), `  ${IN_STATE}  \n`);
  const environment = { HOTZONE_ADMIN_TOKEN: ` ${IN_VARIABLE}\n` };
  assert.equal(parsed(tokenFrom({ tokenFile, stateDir }, environment)), IN_FILE);
  assert.equal(parsed(tokenFrom({ tokenFile: null, stateDir }, environment)), IN_VARIABLE);
  assert.equal(parsed(tokenFrom({ tokenFile: null, stateDir }, {})), IN_STATE);
  assert.equal(parsed(tokenFrom({ tokenFile: null, stateDir }, { HOTZONE_ADMIN_TOKEN: '' })), IN_STATE);
});

test('where there is no token it is said where one could be', (t) => {
  const stateDir = temporaryFolder(t);
  const source = { tokenFile: null, stateDir };
  assert.deepEqual(problemsOf(tokenFrom(source, {})), [
    `${stateDir}/admin-token: there is no such file; name the daemon's state folder with --state, or its token with ` +
      '--token-file or HOTZONE_ADMIN_TOKEN',
  ]);
  assert.match(
    problemsOf(tokenFrom(source, { HOTZONE_ADMIN_TOKEN: 'two words' }))[0] ?? '',
    /^HOTZONE_ADMIN_TOKEN: is no token/,
  );
  mkdirSync(join(stateDir, 'folder'));
  assert.match(
    problemsOf(tokenFrom({ ...source, tokenFile: join(stateDir, 'folder') }, {}))[0] ?? '',
    /cannot be read/,
  );
});

test('the daemon makes a token once, for its own eyes, and another where it was removed', (t) => {
  const stateDir = join(temporaryFolder(t), 'a', 'b');
  const settings = { adminTokenFile: null, stateDir };
  const first = parsed(adminToken(settings));
  assert.match(first.token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(statSync(first.file).mode & 0o777, 0o600);
  assert.equal(first.isOpen, false);
  assert.equal(readFileSync(first.file, 'utf8'), `${first.token}\n`);
  assert.deepEqual(parsed(adminToken(settings)), first);
  // Of a daemon that was killed while it wrote.
  rmSync(first.file);
  writeFileSync(`${first.file}.new`, 'half');
  const second = parsed(adminToken(settings));
  assert.notEqual(second.token, first.token);
  assert.equal(statSync(second.file).mode & 0o777, 0o600);
});

test('a state folder that cannot be written is told with what to do', (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  assert.match(
    problemsOf(adminToken({ adminTokenFile: null, stateDir: file }))[0] ?? '',
    /admin-token: the admin token cannot be written: .*; check that the folder is writable and has room, or name/,
  );
});
