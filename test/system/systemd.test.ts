import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { DOMAIN, runHotzone } from '../helpers/daemon/hotzone.js';
import { query } from '../helpers/daemon/name-client.js';
import { QUICK_POLICY, Scene } from '../helpers/daemon/scene.js';
import { until } from '../helpers/daemon/until.js';
import { freePort } from '../helpers/daemon.js';
import { askExactly } from '../helpers/exact-client.js';
import { skipWithout } from '../helpers/program.js';
import { UserManager } from '../helpers/user-manager.js';

const HOST = `index-html.${DOMAIN}`;
const QUERIES_PER_SECOND = 3_000;
const EXPOSURE_MAX = 2.5;
const SERVICE = 'hotzone.service';
const skip =
  skipWithout('systemd-analyze', 'systemd') ||
  skipWithout('python3', 'python3') ||
  (process.getuid?.() === 0 ? false : 'needs root, for a mount namespace');

/** The units of a daemon on a scene, as `hotzone init` writes them, where the manager of a test looks for units. */
async function units(t: TestContext): Promise<{ scene: Scene; folder: string; dir: string; port: number }> {
  const scene = await Scene.set(t);
  const folder = join(scene.folder, 'manager');
  const dir = join(folder, 'systemd', 'user');
  const port = await freePort();
  const config = join(scene.folder, 'hotzone.yaml');
  mkdirSync(dir, { recursive: true });
  const [dns, admin] = [`${scene.originAddress}:${port}`, `${scene.originAddress}:${await freePort()}`];
  const given = [
    ...['--domain', DOMAIN, '--site', scene.siteDir, '--policy', scene.policyDir, '--pool', scene.pool],
    ...['--http-port', String(scene.httpPort), '--origin-listen', scene.originAddress],
    ...['--listen', dns, '--admin', admin, '--stop-replicas'],
  ];
  for (const args of [
    ['init', config, ...given],
    ['init', config, '--systemd', dir],
  ]) {
    const { code, stderr } = await runHotzone(args);
    assert.equal(code, 0, stderr);
  }
  return { scene, folder, dir, port };
}

test('the units are such as systemd wants them, and keep the daemon from what it does not need', {
  skip,
}, async (t) => {
  const { dir } = await units(t);
  const files = ['hotzone.service', 'hotzone.socket'].map((name) => join(dir, name));
  const verified = await execa('systemd-analyze', ['verify', ...files]);
  assert.equal(verified.stderr, '');
  const [service = ''] = files;
  const security = await execa('systemd-analyze', ['security', '--offline=true', '--no-pager', service]);
  const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(security.stdout)?.[1]);
  assert.ok(exposure < EXPOSURE_MAX, `${exposure}\n${security.stdout}`);
});

test('a daemon of systemd answers all of what is asked while it is restarted, reloads, and is woken when it hangs', {
  skip,
}, async (t) => {
  const { scene, folder, dir, port } = await units(t);
  const log = join(scene.folder, 'log');
  // There is no such user here, no journal, and the scene is in a folder for temporary files; a container may not mount
  // what two of the settings take; and nobody waits for a minute.
  const here = [
    ...['User=', 'Group=', 'PrivateTmp=no', `StandardError=append:${log}`, 'WatchdogSec=6s'],
    ...['ProtectKernelTunables=no', 'ProtectKernelLogs=no'],
  ];
  mkdirSync(join(dir, `${SERVICE}.d`));
  writeFileSync(join(dir, `${SERVICE}.d`, 'test.conf'), ['[Service]', ...here, ''].join('\n'));
  const manager = await UserManager.start(folder);
  try {
    await manager
      .systemctl('start', SERVICE)
      .catch((error) => assert.fail(`${error}\n${manager.output}\n${readFileSync(log, 'utf8')}`));
    assert.equal(await manager.property(SERVICE, 'StatusText'), `answers for ${DOMAIN}`);
    const dns = { address: scene.originAddress, port };
    const before = await manager.property(SERVICE, 'MainPID');

    const client = askExactly(dns, HOST, QUERIES_PER_SECOND);
    t.after(() => client.kill());
    await setTimeout(500);
    for (let restart = 0; restart < 2; restart += 1) {
      await manager.systemctl('restart', SERVICE);
      await setTimeout(300);
    }
    const outcome = await client.end();
    t.diagnostic(JSON.stringify(outcome));
    assert.deepEqual([outcome.lost, outcome.failures], [0, 0], JSON.stringify(outcome));
    assert.ok(outcome.asked > QUERIES_PER_SECOND, 'there was load');
    const after = await manager.property(SERVICE, 'MainPID');
    assert.notEqual(after, before);

    await manager.systemctl('reload', SERVICE);
    await until(
      'it has told of the reload',
      async () => (await manager.property(SERVICE, 'StatusText')) === 'reloaded',
    );
    scene.writePolicy('quick.yaml', 'version: 1\n');
    await manager.systemctl('reload', SERVICE);
    await until('it has told that it has not', async () =>
      /^not reloaded/.test(await manager.property(SERVICE, 'StatusText')),
    );
    scene.writePolicy('quick.yaml', QUICK_POLICY);

    // Longer than the watchdog waits: it is told that all is well.
    await setTimeout(8_000);
    assert.equal(await manager.property(SERVICE, 'NRestarts'), '0', manager.output);
    process.kill(Number(after), 'SIGSTOP');
    await until(
      'it has been started again',
      async () => (await manager.property(SERVICE, 'NRestarts')) !== '0',
      {
        patienceMs: 60_000,
      },
    );
    await until('it answers again', () => query(dns, HOST).catch(() => null), { patienceMs: 60_000 });
    await manager.systemctl('stop', SERVICE);
    assert.equal(await manager.property(SERVICE, 'Result'), 'success');
  } finally {
    await manager.systemctl('stop', SERVICE, 'hotzone.socket').catch(() => {});
    await manager.stop();
  }
});
