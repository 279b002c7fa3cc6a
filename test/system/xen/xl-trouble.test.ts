import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { DriverFailure, ReplicaSpec } from '../../../src/driver/driver.js';
import { domainName } from '../../../src/driver/xl/domain-name.js';
import type { HostTrouble, XlDriverOptions } from '../../../src/driver/xl/xl-options.js';
import { newId, untilServing } from '../../driver/conformance.js';
import { driverScene, firstOf } from '../../helpers/driver-scene.js';
import { ask } from '../../helpers/http.js';
import type { RunningRig } from '../../helpers/xen-rig/boot.js';
import { inRig } from '../../helpers/xen-rig/in-rig.js';
import { DOM0, setUpXlDriver } from '../../helpers/xl-driver.js';

/** In the rig's network, and nobody's. */
const NOBODY = 'root@10.77.0.99';

await inRig('what goes wrong with domains of Xen', fileURLToPath(import.meta.url), (rig) => {
  const setUp = async (t: TestContext, options: Partial<XlDriverOptions> = {}) =>
    driverScene(t, await setUpXlDriver(rig, options));

  test('a domain that dies tells why by its own last line, and is no running replica', async (t) => {
    const given = await setUp(t);
    const driver = given.open();
    const bundleFile = join(given.folder, 'bad.bundle');
    await writeFile(bundleFile, 'no bundle at all');
    const spec = { ...firstOf(given.specs), bundleFile };
    assert.ok((await driver.create(spec)).ok);
    while ((await driver.list(given.owner)).some(({ running }) => running)) await sleep(100);
    assert.equal((await driver.list(given.owner)).length, 1);
    const words = (await driver.lastWords(spec)).split('\n');
    assert.match(words.at(-1) ?? '', /^fatal: .*bundle/);
    // What a console says, it says once: it has been kept.
    assert.match(await given.open().lastWords(spec), /^fatal: .*bundle/m);
    await driver.destroy({ id: spec.id, ref: '' });
    assert.deepEqual(await driver.list(given.owner), []);
  });

  test('what a host cannot do is told in the words of its cause, and leaves nothing', async (t) => {
    const given = await setUp(t);
    const noKernel = join(given.folder, 'no-kernel');
    await writeFile(noKernel, 'this is no ELF file');
    const rows: readonly (readonly [
      string,
      Partial<XlDriverOptions>,
      Partial<ReplicaSpec>,
      DriverFailure['class'],
      RegExp,
    ])[] = [
      ['no memory', {}, { memory: 4 * 2 ** 30 }, 'capacity', /memory/],
      ['no such bridge', { bridge: 'nobr' }, {}, 'config', /no bridge nobr/],
      ['no kernel', { kernel: '/nonexistent/kernel' }, {}, 'config', /\/nonexistent\/kernel/],
      ['a kernel that is none', { kernel: noKernel }, {}, 'config', /Invalid kernel/],
      ['no bundle', {}, { bundleFile: '/nonexistent/bundle' }, 'config', /bundle/],
      ['no way there', {}, { address: '192.0.2.7' }, 'config', /no route/],
      [
        'a folder that cannot be',
        { ssh: { ...given.options.ssh, folder: '/proc/x' } },
        {},
        'config',
        /\/proc\/x/,
      ],
    ];
    for (const [what, options, part, failureClass, message] of rows) {
      const driver = given.open(options);
      const outcome = await driver.create({ ...firstOf(given.specs), id: newId(), ...part });
      assert.ok(!outcome.ok, what);
      assert.equal(outcome.failure.class, failureClass, `${what}: ${outcome.failure.message}`);
      assert.match(outcome.failure.message, message, what);
    }
    assert.deepEqual(await given.open().list(given.owner), []);
  });

  test('a bridge that went away meanwhile is what the plain script and the stock one complain about', async (t) => {
    for (const plainVif of [true, false]) {
      const given = await setUp(t, { plainVif, bridge: 'brgone' });
      const driver = given.open();
      await dom0(rig, ['ip', 'link', 'add', 'brgone', 'type', 'bridge']);
      await dom0(rig, ['ip', 'address', 'add', '10.77.0.2/24', 'dev', 'brgone']);
      await dom0(rig, ['ip', 'link', 'set', 'brgone', 'up']);
      assert.equal(await driver.check(), null);
      await dom0(rig, ['ip', 'link', 'delete', 'brgone']);
      const outcome = await driver.create(firstOf(given.specs));
      assert.ok(!outcome.ok);
      assert.equal(outcome.failure.class, 'config', outcome.failure.message);
      assert.match(outcome.failure.message, /bridge|brgone/);
    }
  });

  test('an end that meets a shutdown or another end is an end', async (t) => {
    const given = await setUp(t);
    const driver = given.open();
    const [spec, second] = given.specs;
    assert.ok(spec && second && (await driver.create(spec)).ok && (await driver.create(second)).ok);
    await untilServing(spec);
    await dom0(rig, ['xl', 'shutdown', domainName(spec)]);
    const ends = [spec, spec, second].map(({ id }) => driver.destroy({ id, ref: '' }));
    const byHand = dom0(rig, ['xl', 'destroy', domainName(second)]);
    await Promise.all([...ends, byHand]);
    assert.deepEqual(await driver.list(given.owner), []);
  });

  test('a domain whose making was cut short is listed, and ended', async (t) => {
    const given = await setUp(t);
    const spec = firstOf(given.specs);
    const driver = given.open();
    assert.ok((await driver.create(spec)).ok);
    const config = await readFile(join(given.options.stateDir, `${spec.id}.cfg`), 'utf8');
    await driver.destroy({ id: spec.id, ref: '' });
    const file = '/var/lib/hotzone/again.cfg';
    await dom0(rig, ['dd', `of=${file}`], config);
    await dom0(rig, ['timeout', '-s', 'KILL', '0.6', 'xl', 'create', '-q', file]);
    const listed = await driver.list(given.owner);
    if (listed.length > 0)
      assert.deepEqual(
        listed.map(({ id }) => id),
        [spec.id],
      );
    await driver.destroy({ id: spec.id, ref: '' });
    assert.deepEqual(await driver.list(given.owner), []);
    assert.ok(!(await dom0(rig, ['xl', 'list', '-v'])).includes(spec.id));
  });

  test('a domain serves an IPv6 address, with the card plugged in by the stock script, too', async (t) => {
    const given = await setUp(t, { plainVif: false });
    const driver = given.open();
    const spec = { ...firstOf(given.specs), address: 'fd00:77::100' };
    const outcome = await driver.create(spec);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.equal((await untilServing(spec)).body.toString(), given.body);
    assert.equal((await driver.counters({ id: spec.id, ref: '' }))?.requests, 1);
    assert.deepEqual(
      (await given.open().list(given.owner)).map(({ address }) => address),
      ['fd00:77::100'],
    );
  });

  test('a host that does not answer is said once and passed over; the others make and list', async (t) => {
    const troubles: HostTrouble[] = [];
    const given = await setUp(t, { hosts: [NOBODY, DOM0], onTrouble: (trouble) => troubles.push(trouble) });
    const driver = given.open();
    const spec = firstOf(given.specs);
    assert.equal(await driver.check(), null);
    const outcome = await driver.create(spec);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.equal(outcome.ref, `${DOM0}/${domainName(spec)}`);
    assert.deepEqual(
      (await driver.list(given.owner)).map(({ id }) => id),
      [spec.id],
    );
    await driver.destroy({ id: spec.id, ref: '' });
    assert.deepEqual(
      troubles.map(({ host }) => host),
      [NOBODY],
    );
    assert.match(troubles[0]?.message ?? '', /10\.77\.0\.99/);
  });

  test('a host whose key is another one is not believed', async (t) => {
    const given = await setUp(t);
    const knownHosts = join(given.folder, 'known-hosts');
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(given.folder, 'key')]);
    await writeFile(knownHosts, `10.77.0.1 ${await readFile(join(given.folder, 'key.pub'), 'utf8')}`);
    const driver = given.open({ ssh: { ...given.options.ssh, knownHosts } });
    const failure = await driver.check();
    assert.equal(failure?.class, 'transient');
    assert.match(failure.message, /REMOTE HOST IDENTIFICATION|Host key verification failed|@@@/);
    const outcome = await driver.create(firstOf(given.specs));
    assert.ok(!outcome.ok);
  });

  test('orders are for who has the secret, and one that is obeyed ends the domain', async (t) => {
    const given = await setUp(t);
    const spec = firstOf(given.specs);
    const driver = given.open();
    assert.ok((await driver.create(spec)).ok);
    await untilServing(spec);
    const { address, port, host } = spec;
    const order = { address, port, host, target: '/.hotzone/power-off', method: 'POST' };
    assert.equal((await ask({ ...order, headers: { 'X-Hotzone-Token': 'guessed' } })).status, 404);
    const config = await readFile(join(given.options.stateDir, `${spec.id}.cfg`), 'utf8');
    const token = /hotzone\.token=(\w+)/.exec(config)?.[1] ?? assert.fail(config);
    await ask({ ...order, headers: { 'X-Hotzone-Token': token } });
    while ((await driver.list(given.owner)).some(({ running }) => running)) await sleep(100);
    assert.match(await driver.lastWords(spec), /power off/);
  });
});

async function dom0(rig: RunningRig, argv: readonly string[], input = ''): Promise<string> {
  const { sshKey, knownHosts } = rig.image;
  const options = [
    'BatchMode=yes',
    `IdentityFile=${sshKey}`,
    `UserKnownHostsFile=${knownHosts}`,
    'LogLevel=ERROR',
  ];
  const args = [...options.flatMap((option) => ['-o', option]), DOM0, ...argv];
  const { stdout } = await execa('ssh', args, { reject: false, input });
  return stdout;
}
