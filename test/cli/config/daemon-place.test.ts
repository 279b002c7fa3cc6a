import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from 'commander';
import { findsDaemon } from '../../../src/cli/config/daemon-place.js';

interface Asked {
  readonly url?: string;
  readonly state?: string;
  readonly tokenFile?: string;
}

async function asked(
  t: TestContext,
  text: string,
  ...args: readonly string[]
): Promise<Asked & { err: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-place-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'hotzone.yaml'), text);
  let options: Asked = {};
  let err = '';
  const command = findsDaemon(new Command('ask'))
    .option('--url <url>', '', 'http://127.0.0.1:9153')
    .option('--state <dir>', '', '.hotzone')
    .option('--token-file <file>', '')
    .configureOutput({
      writeErr: (line) => {
        err += line;
      },
    })
    .exitOverride()
    .action((given: Asked) => {
      options = given;
    });
  await command
    .parseAsync(['--config', join(folder, 'hotzone.yaml'), ...args], { from: 'user' })
    .catch(() => {});
  return { ...options, err };
}

test('a daemon is found where the configuration has put it, and an option wins', async (t) => {
  const text = 'version: 1\nadmin: { listen: "[::]:9999", tokenFile: /etc/token }\nstate: /var/lib/hotzone\n';
  const found = await asked(t, text);
  assert.deepEqual(
    [found.url, found.state, found.tokenFile],
    ['http://[::1]:9999', '/var/lib/hotzone', '/etc/token'],
  );
  const given = await asked(t, text, '--url', 'http://127.0.0.2:1', '--token-file', 'mine');
  assert.deepEqual(
    [given.url, given.state, given.tokenFile],
    ['http://127.0.0.2:1', '/var/lib/hotzone', 'mine'],
  );
});

test('what the file does not say is as without it, and a named one with a mistake is told', async (t) => {
  const found = await asked(t, 'version: 1\n');
  assert.deepEqual(
    [found.url, found.state, found.tokenFile],
    ['http://127.0.0.1:9153', '.hotzone', undefined],
  );
  const bad = await asked(t, 'version: 1\nadmn: {}\n');
  assert.equal(bad.url, undefined);
  assert.match(bad.err, /hotzone\.yaml:2:1: unknown key "admn"; did you mean "admin"\?/);
});
