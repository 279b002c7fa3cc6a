import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOMAIN, type Hotzone, runHotzone } from '../helpers/daemon/hotzone.js';
import { TESTER } from '../helpers/daemon/name-client.js';
import { html, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;
const OTHER = `other-html.${DOMAIN}`;

async function order(scene: Scene, daemon: Hotzone, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await daemon.command(...args, '--state', scene.stateDir);
  assert.equal(code, 0, stderr);
  return stdout;
}

test('queries for one name are logged when somebody wants to see them, and no others', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'other.html': html('other') });
  const daemon = await scene.start();
  await daemon.query(HOST);
  assert.match(
    await order(scene, daemon, 'log', 'queries', '/index.html'),
    /^queries for index-html\.example\.test are in the log for 10m$/m,
  );
  await daemon.query(HOST.toUpperCase());
  await daemon.query(HOST, 'TXT', true);
  await daemon.query(OTHER);
  const [first, second, ...more] = await daemon.until('two queries are logged', () =>
    daemon.logged('query').length >= 2 ? daemon.logged('query') : null,
  );
  assert.deepEqual(more, []);
  const gist = (line: typeof first) => [
    line?.host,
    line?.source,
    line?.proto,
    line?.type,
    line?.rcode,
    line?.answer,
  ];
  assert.deepEqual(gist(first), [HOST, TESTER, 'udp', 'A', 'NOERROR', 'origin']);
  assert.deepEqual(gist(second), [HOST, TESTER, 'tcp', 'TXT', 'NOERROR', 'none']);
  assert.ok(Math.abs(Date.parse(String(first?.asked)) - Date.now()) < 60_000);

  assert.match(await order(scene, daemon, 'log', 'queries', OTHER, '--for', '1h'), /for 1h$/m);
  await Promise.all([daemon.query(HOST), daemon.query(OTHER)]);
  await daemon.until('the other one is logged', () => daemon.logged('query', { host: OTHER }).length === 1);
  assert.match(await order(scene, daemon, 'log', 'queries'), /^no queries are logged$/m);
  await daemon.query(OTHER);
  const strange = await daemon.command('log', 'queries', 'www.example.net', '--state', scene.stateDir);
  assert.equal(strange.code, 1);
  assert.match(
    strange.stderr,
    /"www\.example\.net" is neither a page nor a name of the zone; name a page by its path/,
  );
  assert.equal(daemon.logged('query').length, 3);
});

test('a flood of queries for the name is logged in part, and says how much is missing', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  await order(scene, daemon, 'log', 'queries', DOMAIN);
  const all = await Promise.allSettled(Array.from({ length: 600 }, () => daemon.query(DOMAIN, 'SOA')));
  const answered = all.filter(({ status }) => status === 'fulfilled').length;
  const told = (): number =>
    daemon.logged('query').length +
    daemon.logged('more queries came than are logged').reduce((sum, line) => sum + Number(line.dropped), 0);
  await daemon.until('each is logged or counted', () => told() >= answered);
  assert.ok(daemon.logged('more queries came than are logged').length > 0, 'some were too many');
});

test('the log level changes while the daemon runs, and changes back', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  assert.match(
    await order(scene, daemon, 'log', 'level', 'trace', '--for', '1s'),
    /^the log level is trace for 1s, and then debug$/m,
  );
  await daemon.until('passes are told', () => daemon.logged('a pass ended').length > 0);
  await daemon.until('it is as before', () => daemon.logged('the log level is as before').length === 1);
  const before = daemon.logged('a pass ended').length;
  await order(scene, daemon, 'log', 'level', 'error');
  await order(scene, daemon, 'pause');
  assert.deepEqual(daemon.logged('by hand'), []);
  assert.equal(daemon.logged('a pass ended').length, before);
  assert.equal((await daemon.command('log', 'level', 'loud', '--state', scene.stateDir)).code, 2);
});

test('a reload says what of the configuration waits for a restart, and what is wrong with it', async (t) => {
  const scene = await Scene.set(t);
  const config = join(scene.folder, 'hotzone.yaml');
  const { code, stderr } = await runHotzone(['init', config, '--domain', DOMAIN, '--site', scene.siteDir]);
  assert.equal(code, 0, stderr);
  const daemon = await scene.start({ args: ['--config', config] });
  daemon.signal('SIGHUP');
  await daemon.until('it has reloaded', () => daemon.logged('reloaded').length === 1);
  writeFileSync(
    config,
    `version: 1\nzone: { domain: ${DOMAIN} }\nsite: { folder: ${scene.siteDir} }\nreplicas: { max: 7 }\n`,
  );
  daemon.signal('SIGHUP');
  const [line] = await daemon.until('it has told', () => {
    const lines = daemon.logged('these settings are others now, and take a restart');
    return lines.length > 0 ? lines : null;
  });
  assert.deepEqual(line?.keys, ['replicas.max']);
  writeFileSync(config, 'version: 1\nzon: {}\n');
  daemon.signal('SIGHUP');
  await daemon.until('it has complained', () =>
    daemon
      .logged('not reloaded; the last good one stays')
      .some(({ problem }) => /unknown key "zon"/.test(String(problem))),
  );
});
