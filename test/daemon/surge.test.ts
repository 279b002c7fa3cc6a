import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { AnswerWatch, askByResolvers, type Ongoing, visitOrigin } from '../helpers/daemon/load.js';
import { html, Scene } from '../helpers/daemon/scene.js';

const HOST = `hot-html.${DOMAIN}`;
const PAGE = '/hot.html';
const GRACE_MS = 1_000;

const files = { 'index.html': html('index'), 'hot.html': html('hot'), 'cold.html': html('cold') };

/** What is the same whoever brings the load: from the first visitor to the last replica's end. */
async function expectRiseAndFall(scene: Scene, daemon: Hotzone, startLoad: () => Promise<Ongoing> | Ongoing) {
  assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);
  const serialBefore = await daemon.serial();
  const watch = new AnswerWatch(daemon, HOST, html('hot'));
  const load = await startLoad();
  const full = await daemon.until('three replicas are answered', async () => {
    const addresses = await daemon.addresses(HOST);
    return addresses.length === 3 && !addresses.includes(scene.originAddress) && addresses;
  });
  assert.deepEqual(
    scene
      .pageServers()
      .map(({ address }) => address)
      .sort(),
    full,
  );
  assert.deepEqual(await daemon.addresses(`cold-html.${DOMAIN}`), [scene.originAddress]);
  await load.end();

  await daemon.until('the origin is answered alone', async () => {
    const addresses = await daemon.addresses(HOST);
    return addresses.length === 1 && addresses[0] === scene.originAddress;
  });
  assert.ok((await daemon.replicas()).length > 0, 'a replica was gone before it had drained');
  await daemon.until('all replicas are gone', async () => (await daemon.replicas()).length === 0);
  assert.deepEqual(scene.pageServers(), []);
  await watch.end();
  assert.ok((await daemon.serial()) > serialBefore);
  return watch;
}

/** Against the log: in answers only while serving, and ended only when no cache can hold it any more. */
function expectHonestAnswers(scene: Scene, daemon: Hotzone, watch: AnswerWatch): void {
  const replicas = [...watch.sightings].filter(([address]) => address !== scene.originAddress);
  assert.ok(replicas.length >= 3);
  for (const [address, { firstAt, lastAt, ttlMs }] of replicas) {
    const [serving] = daemon.logged('a replica moved', { address, to: 'serving' });
    const [stopping] = daemon.logged('a replica moved', { address, to: 'stopping' });
    assert.ok(serving && stopping, `${address} did not run its course`);
    assert.ok(Date.parse(serving.time) <= firstAt, `${address} was answered before it served`);
    const drained = Date.parse(stopping.time) - lastAt;
    assert.ok(
      drained >= ttlMs + GRACE_MS - 1,
      `${address} ended ${drained} ms after an answer of ${ttlMs} ms`,
    );
  }
}

test('HTTP load on the origin boots replicas, and when it drops they drain and are gone', async (t) => {
  const scene = await Scene.set(t, files);
  const daemon = await scene.start();
  const watch = await expectRiseAndFall(scene, daemon, () => visitOrigin(daemon, HOST, 120));
  expectHonestAnswers(scene, daemon, watch);
});

test('DNS load of many resolvers that keep to the TTL does so too', async (t) => {
  const scene = await Scene.set(t, files);
  const daemon = await scene.start();
  const watch = await expectRiseAndFall(scene, daemon, () => askByResolvers(daemon, HOST, 40));
  expectHonestAnswers(scene, daemon, watch);
});

test('every decision has its reasons in the log, the API and the commands, and is counted', async (t) => {
  const scene = await Scene.set(t, files);
  const daemon = await scene.start();
  assert.equal((await daemon.command('plan')).stdout, 'nothing would change\n');
  const load = visitOrigin(daemon, HOST, 120);
  await daemon.until('three replicas serve', async () => (await daemon.page(PAGE)).serving === 3);

  const decision = (await daemon.decisions()).find(
    ({ page, actions }) => page === PAGE && actions.length > 0,
  );
  assert.ok(decision);
  assert.deepEqual(
    decision.chain.map(({ step }) => step).filter((step) => step === 'metric' || step === 'bounds'),
    ['metric', 'bounds'],
  );
  assert.match(JSON.stringify(decision.chain), /requests\/s/);
  assert.ok(decision.actions.some((action) => /^boot [0-9a-f]{8} by process on 127\./.test(action)));
  const [line] = daemon.logged('decided', { page: PAGE, desired: decision.to });
  // The store keeps the steps that say something, the log has all of them.
  const logged = line?.chain as typeof decision.chain;
  assert.deepEqual(
    logged.filter(({ reason, detail }) => reason !== 'DesiredWithinRange' || detail !== ''),
    decision.chain,
  );
  assert.deepEqual(line?.actions, decision.actions);

  const explained = await daemon.command('explain', PAGE);
  assert.equal(explained.code, 0);
  assert.match(explained.stdout, /of which 3 serve; desired: 3/);
  assert.match(explained.stdout, /metric +\d+ +\w+: .*requests\/s/);
  for (const { address } of scene.pageServers()) assert.ok(explained.stdout.includes(`${address} serving`));

  const status = JSON.parse((await daemon.command('status', '--json')).stdout);
  assert.equal(status.status.healthy, true);
  assert.equal(status.status.counts.serving, 3);
  assert.equal(status.pages[0].path, PAGE);
  assert.equal(status.replicas.length, 3);
  await daemon.until(
    'the gauges follow',
    async () => (await daemon.metric('hotzone_page_ready_replicas{page="/hot.html"}')) === 3,
  );
  const now: Readonly<Record<string, number>> = {
    site_pages: 3,
    hot_pages: 1,
    budget_used_instances: 3,
    budget_max_instances: 100,
    zone_serial: await daemon.serial(),
    surges_total: 1,
    'driver_usable{driver="process"}': 1,
    'policy_reason_pages{policy="quick",reason="TooManyReplicas"}': 1,
    'policy_reason_pages{policy="quick",reason="BudgetExceeded"}': 0,
    [`page_missing_replicas{page="${PAGE}"}`]: 0,
    [`page_max_replicas{page="${PAGE}"}`]: 3,
    [`page_target_value{page="${PAGE}"}`]: 4,
  };
  for (const [sample, expected] of Object.entries(now))
    assert.equal(await daemon.metric(`hotzone_${sample}`), expected, sample);
  await daemon.fetch(HOST, scene.pageServers()[0]?.address);
  const moving = [
    `page_requests_total{page="${PAGE}",server="origin"}`,
    `page_requests_total{page="${PAGE}",server="replicas"}`,
    `page_metric_value{page="${PAGE}"}`,
    'driver_requests_total{driver="process",operation="list",result="ok"}',
    'publications_total',
    'store_size_bytes',
    'dns_process_cpu_seconds_total',
    'dns_process_busy_seconds_total',
  ];
  for (const sample of moving)
    await daemon.until(sample, async () => ((await daemon.metric(`hotzone_${sample}`)) ?? 0) > 0);
  await daemon.addresses(HOST);
  const queries = `hotzone_page_queries_total{page="${PAGE}"}`;
  await daemon.until('the query is counted', async () => (await daemon.metric(queries)) === 1);
  await load.end();
  await daemon.until('all replicas are gone', async () => (await daemon.replicas()).length === 0);
  const plan = JSON.parse((await daemon.command('plan', '--json')).stdout);
  assert.ok(plan.plan.every(({ actions }: { actions: string[] }) => actions.length === 0));
  const counted: Readonly<Record<string, number>> = {
    'instance_launches_total{driver="process",result="ok"}': 3,
    'instance_terminations_total{driver="process",reason="scale_down"}': 3,
    'scale_reaction_duration_seconds_count{driver="process"}': 1,
    drain_duration_seconds_count: 3,
    'driver_requests_total{driver="process",operation="create",result="ok"}': 3,
    'driver_requests_total{driver="process",operation="destroy",result="ok"}': 3,
  };
  for (const [sample, expected] of Object.entries(counted))
    assert.equal(await daemon.metric(`hotzone_${sample}`), expected, sample);
});
