import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runHotzone } from '../helpers/daemon/hotzone.js';
import { Scene } from '../helpers/daemon/scene.js';

const PAGE = '/index.html';

test('only whoever may read the token may give orders, and everybody is told what to do', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  const file = join(scene.stateDir, 'admin-token');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const token = readFileSync(file, 'utf8').trim();
  const elsewhere = join(scene.folder, 'elsewhere');
  const lost = await daemon.command('pause', '--state', elsewhere);
  assert.equal(lost.code, 1);
  assert.match(
    lost.stderr,
    /elsewhere\/admin-token: there is no such file; name the daemon's state folder with --state/,
  );
  const wrong = join(scene.folder, 'wrong-token');
  writeFileSync(wrong, `${'x'.repeat(40)}\n`);
  const refused = await daemon.command('pause', '--token-file', wrong);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /that is not the admin token; send .* the token is in \/.*\/admin-token on the daemon's host/,
  );
  assert.deepEqual((await daemon.status()).orders, []);
  assert.equal((await daemon.stop()).code, 0);

  // Kept over a restart, and one of the operator's own is taken instead.
  const own = join(scene.folder, 'own-token');
  writeFileSync(own, 'a-token-of-my-own-0123456789\n', { mode: 0o644 });
  chmodSync(own, 0o644);
  const second = await scene.start({ args: ['--admin-token-file', own] });
  assert.equal(readFileSync(file, 'utf8').trim(), token);
  assert.equal(second.logged('the admin token can be read by others: chmod it to 0600').length, 1);
  assert.equal((await second.command('pause', '--state', scene.stateDir)).code, 1);
  assert.equal((await second.command('pause', '--token-file', own)).code, 0);
  assert.equal((await second.status()).orders.length, 1);
});

test('a daemon does not start with a token that is none', async (t) => {
  const scene = await Scene.set(t);
  const file = join(scene.folder, 'short');
  for (const [text, message] of [
    ['short\n', /holds no token: expected 16 or more/],
    ['', /holds no token/],
    ['white space is not allowed in it\n', /holds no token/],
  ] as const) {
    writeFileSync(file, text);
    const daemon = scene.spawn({ args: ['--admin-token-file', file] });
    assert.equal((await daemon.exit()).code, 1);
    assert.match(daemon.text, message);
  }
  const daemon = scene.spawn({ args: ['--admin-token-file', join(scene.folder, 'none')] });
  assert.equal((await daemon.exit()).code, 1);
  assert.match(daemon.text, /none: there is no such file/);
});

test('what is no order is exit code 2, with what was expected', async () => {
  for (const [args, message] of [
    [['pin', PAGE], /missing required argument 'n'/],
    [['pin', PAGE, '-1'], /unknown option|whole number/],
    [['pin', PAGE, 'many'], /Expected a whole number/],
    [['pin', PAGE, '3', '--for', '2'], /Expected a duration, e\.g\. 2h/],
    [['drain'], /missing required argument 'id'/],
  ] as const) {
    const { code, stderr } = await runHotzone(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
  }
});
