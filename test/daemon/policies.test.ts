import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOMAIN, runHotzone } from '../helpers/daemon/hotzone.js';
import { html, ONE_EACH_POLICY, QUICK_POLICY, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;
const PAGE = '/index.html';

test('a policy that changes is taken over, and one that goes lets its replicas go', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  assert.equal(scene.pageServers().length, 0);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  await daemon.until(
    'the floor of the new policy is kept',
    async () => (await daemon.page(PAGE)).serving === 1,
  );

  scene.writePolicy('quick.yaml', QUICK_POLICY.replace('"/**"', '"/other/**"'));
  await daemon.until('the page has no policy', async () => (await daemon.page(PAGE)).policy === null);
  assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);
  assert.equal((await daemon.replicas())[0]?.state, 'draining');
  assert.equal((await daemon.status()).counts.hotPages, 1, 'the one that drains');
  assert.match(await daemon.explain(PAGE), /no policy matches it/);
  assert.equal((await daemon.page(PAGE)).desired, 0);
});

test('a bad policy file changes nothing and is logged with file and line, until it is mended', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  const file = join(scene.policyDir, 'quick.yaml');
  scene.writePolicy('quick.yaml', `${ONE_EACH_POLICY}maxReplica: 4\n`);
  const line = await daemon.until('it is said', () =>
    daemon.log.find(({ msg }) => msg === 'the policies are not taken over; the last good ones stay'),
  );
  assert.match(String(line.problem), new RegExp(`^${file}:\\d+:\\d+: .*maxReplica`));
  assert.match(await daemon.explain(PAGE), /policy quick .*: 0 to 3 replicas/);
  assert.equal(await daemon.metric('hotzone_policy_load_errors_total'), 1);

  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  await daemon.until('the mended one is taken over', async () => (await daemon.page(PAGE)).serving === 1);
});

test('two policies that claim the same page with equal priority are refused together', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  scene.writePolicy('second.yaml', ONE_EACH_POLICY.replace('name: quick', 'name: second'));
  await daemon.until('it is said', () => daemon.log.some(({ problem }) => /second/.test(String(problem))));
  assert.equal((await daemon.page(PAGE)).policy, 'quick');
  // A page that comes now must not fall between the two.
  scene.writePage('late.html', html('late'));
  await daemon.until(
    'the new page is answered',
    async () => (await daemon.addresses(`late-html.${DOMAIN}`)).length > 0,
  );
});

test('SIGHUP looks at policies at once, and says what is wrong with them', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  scene.writePolicy('quick.yaml', 'version: 1\nname: quick\n');
  daemon.signal('SIGHUP');
  const line = await daemon.until('it is said', () =>
    daemon.log.find(({ msg }) => msg === 'not reloaded; the last good one stays'),
  );
  assert.match(String(line.problem), /quick\.yaml.*match/);
  assert.equal((await daemon.page(PAGE)).policy, 'quick');
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  daemon.signal('SIGHUP');
  await daemon.until('it is reloaded', () => daemon.logged('reloaded')[0]);
  await daemon.until('the floor is kept', async () => (await daemon.page(PAGE)).serving === 1);
});

test('a dry run decides and does nothing', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', `${ONE_EACH_POLICY}dryRun: true\n`);
  const daemon = await scene.start();
  await daemon.until('a decision', async () => (await daemon.page(PAGE)).desired === 1);
  const { stdout } = await runHotzone(['plan', '--json', '--url', daemon.admin]);
  assert.deepEqual(JSON.parse(stdout).plan[0].actions, ['boot one by process']);
  assert.match(await daemon.explain(PAGE), /dry run/);
  assert.deepEqual(scene.pageServers(), []);
  assert.deepEqual(daemon.logged('a driver was called'), []);
});

test('the budgets of a policy and of the daemon are kept, and are a reason', async (t) => {
  const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.html`, html(name)]));
  const scene = await Scene.set(t, files);
  scene.writePolicy('quick.yaml', `${ONE_EACH_POLICY}budget: { maxInstances: 2 }\n`);
  const daemon = await scene.start({ args: ['--max-instances', '3'] });
  await daemon.until('two serve', async () => (await daemon.status()).counts.serving === 2);
  const left = (await daemon.pages()).find(({ serving }) => serving === 0);
  assert.ok(left);
  assert.match(
    await daemon.explain(left.path),
    /BudgetExceeded: policy quick may have 2 instances, and 2 exist/,
  );
  const { used, limit } = (await daemon.status()).budget;
  assert.deepEqual({ used, limit }, { used: 2, limit: 3 });

  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  await daemon.until('three serve', async () => (await daemon.status()).counts.serving === 3);
  await daemon.until('the daemon’s own limit is the reason', async () => {
    const waiting = (await daemon.pages()).find(({ serving }) => serving === 0);
    return waiting && /all policies together may have 3 instances/.test(await daemon.explain(waiting.path));
  });
  assert.equal(scene.pageServers().length, 3);
});
