import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ReplicaSpec } from '../../../src/driver/driver.js';
import { domainName } from '../../../src/driver/xl/domain-name.js';
import { encodeBundle } from '../../../src/site/bundle-codec.js';
import { untilServing } from '../../driver/conformance.js';
import { bundleOf } from '../../helpers/bundle.js';
import { until } from '../../helpers/daemon/until.js';
import { driverScene, firstOf } from '../../helpers/driver-scene.js';
import { ask } from '../../helpers/http.js';
import { BRIDGE } from '../../helpers/xen-rig/dom0-system.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { inDom0 } from '../../helpers/xen-rig/xen-host.js';
import { setUpXlDriver } from '../../helpers/xl-driver.js';

const PATIENCE_MS = 30_000;
const MEMORY = 16 * 2 ** 20;
const LARGE_BYTES = 4 * 2 ** 20;

/** The page kernel as a domain: what it says to Xen's own tools, and what becomes of it when they act. */
await inRig('the page kernel as a domain of Xen', fileURLToPath(import.meta.url), (rig) => {
  /** What a line of the control domain's shell printed. */
  const dom0 = async (...argv: string[]): Promise<string> => (await inDom0(rig, argv)).stdout.trim();

  const setUp = async (t: TestContext, body?: Buffer) => {
    const given = driverScene(t, await setUpXlDriver(rig));
    const driver = given.open();
    const spec = { ...firstOf(given.specs), memory: MEMORY };
    if (body !== undefined) {
      const representations = [{ encoding: 'identity' as const, etag: '"large"', body }];
      await writeFile(spec.bundleFile, encodeBundle(bundleOf({ representations })));
    }
    const outcome = await driver.create(spec);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    await untilServing(spec);
    const domid = await dom0('xl', 'domid', domainName(spec));
    return { driver, spec, domid, name: domainName(spec), console: () => driver.lastWords(spec) };
  };

  const isServing = async ({ address, port, host }: ReplicaSpec): Promise<boolean> =>
    (await ask({ address, port, host }).catch(() => null))?.status === 200;

  /** As a new card of the domain has to be plugged in by somebody. */
  const plugIn = async (domid: string): Promise<void> => {
    await dom0('ip', 'link', 'set', `vif${domid}.0`, 'master', BRIDGE);
    await dom0('ip', 'link', 'set', `vif${domid}.0`, 'up');
  };

  test('it says in xenstore when it serves, and offers what it can do', async (t) => {
    const { domid } = await setUp(t);
    assert.equal(await dom0('xenstore-read', `/local/domain/${domid}/data/status`), 'serving');
    assert.equal(await dom0('xenstore-read', `/local/domain/${domid}/control/feature-poweroff`), '1');
    assert.equal(await dom0('xenstore-read', `/local/domain/${domid}/control/feature-suspend`), '');
  });

  test('with 16 MiB it serves a page of 4 MiB to four at once, who fill its rings over and over', async (t) => {
    const body = randomBytes(LARGE_BYTES);
    const { spec, driver } = await setUp(t, body);
    const { address, port, host } = spec;
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask({ address, port, host })));
    assert.ok(answers.every((answer) => answer.status === 200 && answer.body.equals(body)));
    const counters = await driver.counters({ id: spec.id, ref: '' });
    // One visit was the look whether it serves.
    assert.deepEqual([counters?.requests, counters?.bytes], [5, 5 * LARGE_BYTES]);
  });

  test('a backend that is taken away and given back is connected to again', async (t) => {
    const { domid, spec, console } = await setUp(t);
    const drivers = '/sys/bus/xen-backend/drivers/vif';
    for (let round = 0; round < 2; round += 1) {
      await dom0(`echo vif-${domid}-0 > ${drivers}/unbind`);
      assert.ok(!(await isServing(spec)));
      await dom0(`echo vif-${domid}-0 > ${drivers}/bind`);
      await until('the backend is back', async () =>
        (await dom0('ip', '-o', 'link')).includes(`vif${domid}.0`),
      );
      await plugIn(domid);
      await until('it serves again', () => isServing(spec), { patienceMs: PATIENCE_MS });
    }
    assert.match(await console(), /^network card: the backend goes away$/m);
  });

  test('a card that is pulled out and another one plugged in serves again', async (t) => {
    const { name, spec } = await setUp(t);
    const mac = /mac=([0-9a-f:]+)/.exec(
      await dom0(`cat /var/lib/hotzone/*/${name}.cfg /var/lib/hotzone/${name}.cfg 2>/dev/null`),
    )?.[1];
    await dom0('xl', 'network-detach', name, '0');
    assert.ok(!(await isServing(spec)));
    const card = [`bridge=${BRIDGE}`, ...(mac === undefined ? [] : [`mac=${mac}`])];
    await dom0('xl', 'network-attach', name, ...card);
    await until('it serves again', () => isServing(spec), { patienceMs: PATIENCE_MS });
  });

  test('a shutdown drains first: a visit under way is served, and the domain ends by itself', async (t) => {
    const { name, domid, spec, console } = await setUp(t);
    const kept = connect(spec.port, spec.address);
    t.after(() => kept.destroy());
    kept.setEncoding('utf8');
    let answered = '';
    kept.on('data', (text) => {
      answered += text;
    });
    kept.write(`GET / HTTP/1.1\r\nHost: ${spec.host}\r\n`);
    await sleep(500);
    await dom0('xl', 'shutdown', name);
    await until(
      'it drains',
      async () => (await dom0('xenstore-read', `/local/domain/${domid}/data/status`)) === 'draining',
    );
    kept.write('\r\n');
    await until('the visit is served', () => answered.includes('\r\n\r\n'));
    assert.match(answered, /^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n/is);
    await until(
      'the domain has ended',
      async () => /^power off: the toolstack says so$/m.test(await console()),
      {
        patienceMs: PATIENCE_MS,
      },
    );
  });

  test('it cannot be suspended, as xl save asks it to be, says so, and serves on', async (t) => {
    const { domid, spec, console } = await setUp(t);
    // What xl writes first; then it waits for a minute, and gives up.
    const key = `/local/domain/${domid}/control/shutdown`;
    await dom0('xenstore-write', key, 'suspend');
    await until('it is said', async () =>
      /^xl says suspend, which this machine cannot do$/m.test(await console()),
    );
    assert.ok(await isServing(spec));
    assert.equal(await dom0('xenstore-read', key), 'suspend', 'nobody may take it for done');
  });

  test('a card that never connects is fatal, and no domain hangs', async (t) => {
    const { name, spec, driver } = await setUp(t);
    const config = await dom0(`cat $(find /var/lib/hotzone -name '${name}*' | head -n 1)`);
    await driver.destroy({ id: spec.id, ref: '' });
    assert.match(config, /^kernel = /m);
    const file = '/var/tmp/silent.cfg';
    await inDom0(rig, ['dd', `of=${file}`], config.replaceAll(name, 'silent').replace(/^uuid.*$/m, ''));
    await dom0('xl', 'create', '-q', '-p', file);
    t.after(() => dom0('xl', 'destroy', 'silent'));
    const domid = await dom0('xl', 'domid', 'silent');
    // A backend that goes on saying that it starts.
    await dom0('xenstore-write', `/local/domain/0/backend/vif/${domid}/0/state`, '1');
    await dom0('xl', 'unpause', 'silent');
    const words = await until(
      'it gives up',
      async () => {
        const said = await dom0('timeout', '1', 'xl', 'console', 'silent');
        return said.includes('fatal: ') && said;
      },
      { patienceMs: 60_000 },
    );
    assert.match(words, /^fatal: the network card never connects: its backend stays in state 1/m);
  });
});
