import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { goOn } from '../helpers/daemon/load.js';
import { html, ONE_EACH_POLICY, QUICK_POLICY, Scene } from '../helpers/daemon/scene.js';

const HOST = `index-html.${DOMAIN}`;
const PAGE = '/index.html';
const HOUR_MS = 3_600_000;

/** A schedule that has been open for an hour, and will be for another one. */
function openNow(): string {
  const started = new Date(Date.now() - HOUR_MS);
  const start = `${started.getUTCMinutes()} ${started.getUTCHours()} * * *`;
  return `schedules: [{ name: now, timezone: UTC, start: "${start}", duration: 2h, minReplicas: 2 }]\n`;
}

test('a schedule that is open is met without any load, by each daemon alike, and over with its policy', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', QUICK_POLICY + openNow());
  const first = await scene.start({ leavesReplicas: true });
  await first.until('two serve', async () => (await first.page(PAGE)).serving === 2);
  assert.match(
    await first.explain(PAGE),
    /ScheduleActive: the schedule "now" has minReplicas 2 until .* UTC/,
  );
  const before = scene.pageServers();
  assert.equal((await first.stop()).code, 0);

  const second = await scene.start();
  await second.until('two serve', async () => (await second.page(PAGE)).serving === 2);
  assert.deepEqual(scene.pageServers(), before, 'a restart in a window is no event');
  scene.writePolicy('quick.yaml', QUICK_POLICY);
  await second.until('all of them leave', async () => (await second.page(PAGE)).desired === 0);
});

test('where the first placement fails the next one serves', async (t) => {
  const scene = await Scene.set(t);
  const placement = 'placement: [{ driver: qemu, memory: 16MiB }, { driver: process }]\n';
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY + placement);
  const daemon = await scene.start({ args: ['--qemu', 'qemu-of-nobody'] });
  await daemon.until('it serves', async () => (await daemon.page(PAGE)).serving === 1);
  const calls = daemon.logged('a driver was called').filter(({ operation }) => operation === 'create');
  assert.deepEqual(
    calls.map(({ driver, result }) => `${driver} ${result}`),
    ['qemu config', 'process ok'],
  );
});

test('money is shared by priority: the lower one leaves first, and what exists never costs too much', async (t) => {
  const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.html`, html(name)]));
  const scene = await Scene.set(t, files);
  const priced = `${ONE_EACH_POLICY}placement: [{ driver: process, hourlyCost: 0.1 }]\n`;
  const of = (pages: string, more: string): string => priced.replace('"/**"', pages) + more;
  scene.writePolicy('quick.yaml', of('"/a.html", "/b.html"', ''));
  const daemon = await scene.start({ args: ['--max-hourly-cost', '0.2'] });
  await daemon.until('two serve', async () => (await daemon.status()).counts.serving === 2);
  let most = 0;
  const looking = goOn(
    daemon,
    async () => {
      most = Math.max(most, (await daemon.replicas()).length);
    },
    20,
  );
  const high = of('"/c.html"', 'priority: 1\nbudget: { onExceeded: evictLowerPriority }\n');
  scene.writePolicy('high.yaml', high.replace('name: quick', 'name: high'));
  await daemon.until('the new one serves', async () => (await daemon.page('/c.html')).serving === 1);
  const counts = (await daemon.status()).counts;
  assert.equal(counts.serving + counts.draining + counts.booting, 2);
  const waiting = (await daemon.pages()).find(({ serving }) => serving === 0);
  assert.match(
    await daemon.explain(waiting?.path ?? ''),
    /BudgetExceeded: all policies together may cost 0.2 an hour, of which 0.2 is taken, and one more costs 0.1/,
  );
  await looking.end();
  assert.equal(most, 2);
});

test('a replica that gets old is replaced by one that serves already, and nobody notices', async (t) => {
  const scene = await Scene.set(t);
  const policy = ONE_EACH_POLICY.replace('bootTimeout: 5s', 'bootTimeout: 2s, maxLifetime: 10s');
  scene.writePolicy('quick.yaml', policy);
  const daemon = await scene.start();
  const [first] = await daemon.until('it serves', async () => {
    const replicas = await daemon.replicas();
    return replicas[0]?.state === 'serving' && replicas;
  });
  const seen: string[] = [];
  const looking = goOn(
    daemon,
    async () => {
      const states = (await daemon.replicas()).map(({ state }) => state);
      if (!states.includes('serving')) seen.push(states.join(' '));
    },
    20,
  );
  await daemon.until('another one serves alone', async () => {
    const serving = (await daemon.replicas()).filter(({ state }) => state === 'serving');
    return serving.length === 1 && serving[0]?.id !== first?.id;
  });
  await looking.end();
  assert.deepEqual(seen, [], 'there was always one that serves');
  assert.ok((await daemon.addresses(HOST)).length === 1);
});
