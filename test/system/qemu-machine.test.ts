import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readStartTime } from '../../src/driver/host-process.js';
import { machineFiles } from '../../src/driver/qemu/machine-files.js';
import { QmpClient, QmpError } from '../../src/driver/qemu/qmp-client.js';
import { newId } from '../driver/conformance.js';
import { driverScene, firstOf } from '../helpers/driver-scene.js';
import { type QemuDriverUnderTest, setUpQemuDriver, skipWithoutQemu } from '../helpers/qemu-driver.js';
import { writeTinyKernel } from '../helpers/tiny-kernel.js';

/** Virtual machines as such; the kernel in them only says that it serves, and halts. */
const skip = skipWithoutQemu;
const PARENT = fileURLToPath(new URL('../helpers/machine-parent.js', import.meta.url));
const SAYS_IT_SERVES = 'hotzone-kernel 0.0.0 tiny\nserving nothing\n';

async function setUp(t: TestContext) {
  const given = await setUpQemuDriver('/nonexistent');
  const kernel = await writeTinyKernel(join(given.folder, 'kernel'), SAYS_IT_SERVES);
  const open: QemuDriverUnderTest['open'] = (other) => given.open({ kernel, ...other });
  return driverScene(t, { ...given, options: { ...given.options, kernel }, open });
}

function pidOf(ref: string): number {
  return Number(ref.split(':')[0]);
}

test('QEMU tells its state and its errors over its own protocol, and ends when it is told', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const outcome = await given.open().create(spec);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  const { qmp } = machineFiles(given.stateDir, spec.id);
  const client = await QmpClient.open(qmp, 5_000);
  assert.deepEqual(await client.execute('query-name'), {
    name: `hotzone/${given.owner}/${spec.id}/${spec.address}/${spec.port}`,
  });
  assert.deepEqual(await client.execute('query-uuid'), { UUID: spec.id });
  await assert.rejects(client.execute('make-tea'), (error) => error instanceof QmpError);
  assert.equal(((await client.execute('query-status')) as { status: string }).status, 'running');
  await client.execute('quit');
  client.close();
  while (readStartTime(pidOf(outcome.ref)) !== null) await sleep(10);
  assert.deepEqual(await given.open().list(given.owner), []);
});

test('a machine has a session of its own, no environment, no privileges, and files for its user alone', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const driver = given.open();
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok);
  const pid = pidOf(outcome.ref);
  const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? [];
  assert.deepEqual([fields[2], fields[3]], [String(pid), String(pid)], 'process group and session');
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  assert.match(status, /^Seccomp:\t2$/m);
  assert.match(status, /^CapEff:\t0+$/m);
  assert.match(status, /^NoNewPrivs:\t1$/m);
  if (process.geteuid?.() === 0) assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'latin1');
  const token = /hotzone\.token=(\w+)/.exec(
    await readFile(machineFiles(given.stateDir, spec.id).config, 'utf8'),
  );
  assert.ok(
    token?.[1] !== undefined && !commandLine.includes(token[1]),
    'the secret is in the process table',
  );
  assert.equal((await stat(given.stateDir)).mode & 0o777, 0o700);
  for (const file of Object.values(machineFiles(given.stateDir, spec.id)))
    assert.equal((await stat(file)).mode & 0o077, 0, file);
  await driver.destroy({ id: spec.id, ref: outcome.ref });
  assert.deepEqual(await readdir(given.stateDir), []);
});

test('machines survive the kill of their parent and are adopted; the strays of others are left alone', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const stranger = newId();
  const specs = given.specs
    .slice(0, 4)
    .map((spec, index) => (index === 3 ? { ...spec, owner: stranger } : spec));
  const parent = spawn(
    process.execPath,
    [PARENT, JSON.stringify(given.options), ...specs.map((spec) => JSON.stringify(spec))],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(parent.stdout, 'data');
  const refs = (JSON.parse(String(line)) as { ref: string }[]).map(({ ref }) => ref);
  const exit = once(parent, 'exit');
  parent.kill('SIGKILL');
  await exit;

  const driver = given.open();
  const listed = await driver.list(given.owner);
  assert.deepEqual(listed.map(({ ref }) => ref).sort(), refs.slice(0, 3).sort());
  assert.ok(listed.every(({ running }) => running));
  for (const { id } of listed) assert.match(await driver.lastWords({ id }), /serving nothing/);
  await Promise.all(listed.map((replica) => driver.destroy(replica)));
  assert.deepEqual(await driver.list(given.owner), []);
  const [theirs] = await driver.list(stranger);
  assert.equal(theirs?.ref, refs[3]);
  await driver.destroy(theirs ?? assert.fail());
  for (const ref of refs) assert.equal(readStartTime(pidOf(ref)), null);
});

test('a parent that is killed while it starts machines leaves none behind that is not listed', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const parent = spawn(process.execPath, [PARENT, JSON.stringify(given.options), JSON.stringify(spec)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The console's file is made right before the process is.
  const { console } = machineFiles(given.stateDir, spec.id);
  while (!(await exists(console))) await sleep(1);
  const exit = once(parent, 'exit');
  parent.kill('SIGKILL');
  await exit;
  const driver = given.open();
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.deepEqual(
    (await driver.list(given.owner)).map(({ id, ref }) => [id, ref]),
    [[spec.id, outcome.ref]],
  );
});

test('a machine that is killed is gone from the list', { skip }, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const driver = given.open();
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok);
  process.kill(pidOf(outcome.ref), 'SIGKILL');
  while ((await driver.list(given.owner)).length > 0) await sleep(10);
  assert.match(await driver.lastWords(spec), /serving nothing/);
  await driver.destroy({ id: spec.id, ref: outcome.ref });
  assert.deepEqual(await readdir(given.stateDir), []);
});

test('a kernel that ends while it boots has said why', { skip }, async (t) => {
  const given = await setUp(t);
  const words = 'hotzone-kernel 0.0.0 tiny\nbundle: the checksum is wrong\n';
  const kernel = await writeTinyKernel(join(given.folder, 'resets'), words, 'reset');
  const driver = given.open({ accelerators: ['tcg'] });
  assert.equal(await driver.check(), null);
  await copyFile(kernel, given.options.kernel);
  const outcome = await driver.create(firstOf(given.specs));
  assert.ok(!outcome.ok);
  assert.equal(outcome.failure.class, 'config');
  assert.match(outcome.failure.message, /^the page kernel gave up: bundle: the checksum is wrong$/);
  assert.deepEqual(await driver.list(given.owner), []);
  assert.deepEqual(await readdir(given.stateDir), []);
});

test('an address in use, a missing bundle and too little memory are told apart, and leave nothing', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const free = given.specs[1] ?? assert.fail();
  const driver = given.open();
  assert.equal(await driver.check(), null);
  const server = createServer().listen(spec.port, spec.address);
  await once(server, 'listening');
  t.after(() => server.close());
  const rows = [
    [spec, 'transient', new RegExp(`${spec.address}:${spec.port}: .*in use by another program`)],
    [{ ...spec, address: '192.0.2.1' }, 'config', /192\.0\.2\.1:\d+: this host does not have the address/],
    [{ ...spec, address: '::1' }, 'config', /IPv4 addresses alone/],
    [{ ...spec, bundleFile: '/nonexistent' }, 'config', /cannot read the bundle: ENOENT/],
    [{ ...free, memory: 2 ** 45 }, 'capacity', /memory/],
  ] as const;
  for (const [bad, kind, message] of rows) {
    const outcome = await driver.create(bad);
    assert.ok(!outcome.ok, String(message));
    assert.equal(outcome.failure.class, kind, outcome.failure.message);
    assert.match(outcome.failure.message, message);
    assert.deepEqual(await readdir(given.stateDir), []);
    assert.deepEqual(await driver.list(given.owner), []);
  }
});

test('what keeps this host from running machines is found before the first one', { skip }, async (t) => {
  const given = await setUp(t);
  const text = join(given.folder, 'text');
  await writeFile(text, 'no kernel\n');
  const silent = await writeTinyKernel(join(given.folder, 'silent'), 'Linux version 6.1\n', 'reset');
  const other = await writeTinyKernel(join(given.folder, 'other'), SAYS_IT_SERVES);
  await writeFile(`${other}.txt`, 'hotzone-kernel 0.0.1 big\n');
  const rows = [
    [{ kernel: other }, /says that it is 0\.0\.0 tiny, and .*other\.txt that it is 0\.0\.1 big/],
    [{ qemu: 'qemu-of-nobody' }, /there is no program qemu-of-nobody: install QEMU .*qemu-system-x86/],
    [{ qemu: '/bin/true' }, /\/bin\/true is no QEMU/],
    [{ kernel: '/nonexistent' }, /cannot read the page kernel \/nonexistent .*ENOENT/],
    [{ kernel: text }, /is no page kernel that boots: .*not under tcg: it ended/],
    [{ kernel: silent }, /not under tcg: it ended: Linux version 6\.1/],
    [{ stateDir: `/tmp/${'x'.repeat(90)}` }, /bytes too long for a Unix socket/],
    [{ network: { kind: 'bridge', bridge: 'br-none' } }, /the bridge br-none is not up/],
    [{ pool: { addresses: ['192.0.2.1'], port: given.port } }, /this host does not have the address/],
  ] as const;
  for (const [options, message] of rows) {
    const driver = given.open(options);
    const failure = await driver.check();
    assert.equal(failure?.class, 'config', String(message));
    assert.match(failure?.message ?? '', message);
    assert.deepEqual(await driver.create(firstOf(given.specs)), { ok: false, failure });
  }
});

test('the accelerator and the kernel are chosen once, with the reason', { skip }, async (t) => {
  const given = await setUp(t);
  const choices: string[] = [];
  const driver = given.open({ onChoice: (choice) => choices.push(choice) });
  await Promise.all([driver.check(), driver.check()]);
  assert.ok((await driver.create(firstOf(given.specs))).ok);
  assert.equal(choices.length, 1);
  assert.match(choices[0] ?? '', /^QEMU \d+\.\d+\S* \((microvm|q35)\), page kernel 0\.0\.0; (kvm|tcg): \S/);
});

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
