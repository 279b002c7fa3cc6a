import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { program } from '../../../src/cli/program.js';
import { type ServeSettings, serveCommand } from '../../../src/cli/serve.js';
import { formatProblem } from '../../../src/problem.js';
import { captureIo } from '../../helpers/captured-io.js';

function folderOf(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function settings(...args: readonly string[]): Promise<ServeSettings> {
  let settings: ServeSettings | undefined;
  const command = serveCommand(
    async (parsed) => {
      settings = parsed;
    },
    (problems) => assert.fail(problems.map(formatProblem).join('\n')),
  );
  await command.parseAsync(args, { from: 'user' });
  return settings ?? assert.fail('no settings');
}

async function hotzone(
  ...args: readonly string[]
): Promise<{ code: number | undefined; out: string; err: string }> {
  const io = captureIo();
  let code: number | undefined;
  const command = program(io, (given) => {
    code = given;
  });
  await command.parseAsync(args, { from: 'user' }).catch(() => {});
  return { code, out: io.out(), err: io.err() };
}

const CONFIG = `version: 1
zone: { domain: example.org, listen: ["127.0.0.1:5300"] }
site: { folder: site }
origin: { port: 8080, listen: [127.0.0.2] }
replicas: { stopWithDaemon: true }
`;

test('an option wins over the file, the file over the default', async (t) => {
  const folder = folderOf(t, { 'hotzone.yaml': CONFIG });
  const file = join(folder, 'hotzone.yaml');
  const found = await settings('--config', file, '--http-port', '8081', '--pool', '127.3.0.0/16');
  assert.equal(found.domain, 'example.org');
  assert.deepEqual(found.site, { dir: join(folder, 'site'), naming: 'flat' });
  assert.deepEqual(found.dns, [{ address: '127.0.0.1', port: 5300 }]);
  assert.equal(found.http.port, 8081);
  assert.deepEqual(found.http.originAddresses, ['127.0.0.2']);
  assert.deepEqual(found.pool, ['127.3.0.0/16']);
  assert.deepEqual(found.nameServers, [{ host: 'ns1.example.org', addresses: ['127.0.0.1'] }]);
  assert.equal(found.stopReplicas, true);
  assert.equal(found.maxInstances, 100);
  assert.equal(
    (await settings('--config', file, '--domain', 'example.net')).hostmaster,
    'hostmaster@example.net',
  );
});

test('a problem of what the file has said names its line, and one of an option the option', async (t) => {
  const text = CONFIG.replace('[127.0.0.2]', '[0.0.0.0]');
  const file = join(folderOf(t, { 'hotzone.yaml': text }), 'hotzone.yaml');
  const fromFile = await hotzone('serve', '--config', file);
  assert.equal(fromFile.code, 1);
  assert.match(
    fromFile.err,
    /hotzone\.yaml:4:31: "origin\.listen": 0\.0\.0\.0 would take port 8080 on every address/,
  );
  const given = await hotzone('serve', '--config', file, '--origin-listen', '::');
  assert.match(given.err, /^hotzone: --origin-listen: :: would take port 8080/);
});

test('what nobody has said is wrong usage, and names the file that could have', async (t) => {
  const file = join(folderOf(t, { 'hotzone.yaml': 'version: 1\n' }), 'hotzone.yaml');
  const { code, err } = await hotzone('up', '--config', file, '--site', '.');
  assert.equal(code, 2);
  assert.match(
    err,
    /required option '--domain <name>' not specified, and .*hotzone\.yaml has no "zone\.domain"/,
  );
});

test('every command that shares settings refuses a file with a mistake, and one that is not there', async (t) => {
  const file = join(folderOf(t, { 'hotzone.yaml': `${CONFIG}stat: x\n` }), 'hotzone.yaml');
  for (const command of ['serve', 'up', 'down', 'doctor', 'check']) {
    const bad = await hotzone(command, '--config', file);
    assert.equal(bad.code, 1, command);
    assert.match(bad.err, /hotzone\.yaml:6:1: unknown key "stat"; did you mean "state"\?/);
    const gone = await hotzone(command, '--config', '/nonexistent.yaml');
    assert.equal(gone.code, 1, command);
    assert.match(gone.err, /^hotzone \w+: \/nonexistent\.yaml: does not exist; check the path/);
  }
});

test('init writes what it was told, for check to find fine, and writes over nothing', async (t) => {
  const folder = folderOf(t, { 'index.html': '<p>x', token: 'short\n' });
  const file = join(folder, 'hotzone.yaml');
  const args = ['--domain', 'example.org', '--site', folder, '--http-port', '8080', '--log-level', 'warn'];
  assert.equal((await hotzone('init', file, ...args)).code, 0);
  const found = await settings('--config', file);
  assert.deepEqual(
    [found.domain, found.site.dir, found.http.port, found.logLevel],
    ['example.org', folder, 8080, 'warn'],
  );
  const checked = await hotzone('check', '--config', file);
  assert.equal(checked.err, '');
  assert.equal(checked.code, 0);
  assert.match(checked.out, /hotzone\.yaml: 4 of \d+ settings\n/);
  assert.match(checked.out, /pages, each with a host name of its own/);
  assert.match(checked.out, /default\.yaml: default: /);
  const again = await hotzone('init', file);
  assert.equal(again.code, 1);
  assert.match(again.err, /is there already, and is not written over/);
  assert.match(readFileSync(file, 'utf8'), /^ {2}domain: example\.org$/m);
  assert.equal((await hotzone('init', join(folder, 'no', 'hotzone.yaml'))).code, 1);
  assert.ok(!existsSync(join(folder, 'no')));
});

test('check tells all that a configuration names wrongly, at once', async (t) => {
  const folder = folderOf(t, {
    'bad.yaml': 'version: 1\n',
    'own.zone': 'x A 192.0.2.256\n',
    token: 'short\n',
    'hotzone.yaml': `version: 1
zone: { domain: example.org, file: own.zone }
site: { folder: nowhere }
policies: [bad.yaml]
origin: { counts: ./counts.sock }
replicas: { pool: [x] }
admin: { tokenFile: token }
`,
  });
  const { code, err } = await hotzone('check', '--config', join(folder, 'hotzone.yaml'));
  assert.equal(code, 1);
  assert.match(err, /hotzone\.yaml:5:19: "origin\.counts": is for an origin that is another program/);
  assert.match(err, /hotzone\.yaml:6:19: "replicas\.pool": "x" is no address prefix/);
  assert.match(err, /token: holds no token/);
  assert.match(err, /bad\.yaml:1:1: "name" is missing/);
  assert.match(err, /own\.zone:1:5: /);
  assert.match(err, /nowhere: does not exist/);
});
