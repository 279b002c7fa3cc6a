import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { writeDemoSite } from '../../src/cli/demo/site.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';

const PAGES = 49;
const BUDGET = 6;
const PATIENCE_MS = 120_000;

const shipped = new URL('../../../policies/disaggregate.yaml', import.meta.url);

test('with the policy "disaggregate" every page of the demo has a server of its own, and it alone is answered', async (t) => {
  const scene = await Scene.set(t, {});
  await writeDemoSite(scene.siteDir);
  const policy = readFileSync(shipped, 'utf8').replace('enabled: false', 'enabled: true');
  scene.writePolicy('disaggregate.yaml', policy);
  const daemon = await scene.start();
  await daemon.until(
    'all of them serve',
    async () => (await daemon.status()).counts.serving === PAGES,
    PATIENCE_MS,
  );
  const servers = scene.pageServers();
  assert.equal(servers.length, PAGES);
  for (const { host, address } of servers) {
    await daemon.until(`${host} is answered`, async () => (await daemon.addresses(host)).join() === address);
  }
  assert.equal(new Set(servers.map(({ address }) => address)).size, PAGES);
});

test('several policies share a site: pages of one all have a replica, and those of another as far as its budget goes', async (t) => {
  const scene = await Scene.set(t, {});
  await writeDemoSite(scene.siteDir);
  const each = ONE_EACH_POLICY.replace('bootTimeout: 5s', 'bootTimeout: 60s');
  scene.writePolicy('quick.yaml', `${each}budget: { maxInstances: ${BUDGET} }\n`);
  const first = each.replace('name: quick', 'name: first\npriority: 10').replace('"/**"', '"/papers/**"');
  scene.writePolicy('first.yaml', first);
  const daemon = await scene.start();
  const pages = await daemon.until(
    'all that may serve do',
    async () => {
      const all = await daemon.pages();
      const of = (policy: string) => all.filter((page) => page.policy === policy);
      const serving = (policy: string) => of(policy).filter((page) => page.serving === 1).length;
      return serving('first') === of('first').length && serving('quick') === BUDGET && all;
    },
    PATIENCE_MS,
  );
  assert.equal(pages.length, PAGES);
  const papers = pages.filter(({ policy }) => policy === 'first');
  assert.ok(papers.length > 0);
  const servers = scene.pageServers();
  assert.equal(servers.length, BUDGET + papers.length);
  assert.equal(new Set(servers.map(({ address }) => address)).size, servers.length);
  for (const { host, address } of servers) assert.deepEqual(await daemon.addresses(host), [address]);

  const waiting = pages.filter(({ serving }) => serving === 0);
  assert.equal(waiting.length, PAGES - servers.length);
  for (const page of waiting) {
    assert.match(
      page.lastReason,
      new RegExp(`BudgetExceeded: policy quick may have ${BUDGET} instances, and ${BUDGET} exist`),
    );
    assert.deepEqual(page.addresses, [scene.originAddress]);
  }
});
