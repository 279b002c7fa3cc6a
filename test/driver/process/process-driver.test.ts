import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readStartTime } from '../../../src/driver/host-process.js';
import { formatArguments } from '../../../src/driver/process/page-server-arguments.js';
import { processDriver } from '../../../src/driver/process/process-driver.js';
import { driverScene, firstOf } from '../../helpers/driver-scene.js';
import { ask } from '../../helpers/http.js';
import { setUpProcessDriver } from '../../helpers/process-driver.js';
import { newId, testDriverConformance, untilServing } from '../conformance.js';

testDriverConformance('process', setUpProcessDriver);

const PAGE_SERVER = fileURLToPath(new URL('../../../src/driver/process/page-server.js', import.meta.url));
const PARENT = fileURLToPath(new URL('../../helpers/replica-parent.js', import.meta.url));

async function setUp(t: TestContext) {
  return driverScene(t, await setUpProcessDriver());
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

test('replicas survive the kill of their parent and are adopted', async (t) => {
  const given = await setUp(t);
  const parent = spawn(
    process.execPath,
    [PARENT, given.stateDir, ...given.specs.map((spec) => JSON.stringify(spec))],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = await once(parent.stdout, 'data');
  const refs = (JSON.parse(String(line)) as { ref: string }[]).map(({ ref }) => ref);
  await Promise.all(given.specs.map(untilServing));
  await killed(parent);

  const driver = given.open();
  const listed = await driver.list(given.owner);
  assert.deepEqual(listed.map(({ ref }) => ref).sort(), refs.sort());
  for (const spec of given.specs) {
    const { status, body } = await ask({ address: spec.address, port: spec.port, host: spec.host });
    assert.deepEqual([status, body.toString()], [200, given.body]);
    assert.equal((await driver.counters({ id: spec.id, ref: '' }))?.requests, 2);
  }
  await Promise.all(listed.map((replica) => driver.destroy(replica)));
  assert.deepEqual(await driver.list(given.owner), []);
  for (const ref of refs) assert.equal(readStartTime(Number(ref.split(':')[0])), null);
});

test('a parent that is killed while it starts replicas leaves none behind that is not listed', async (t) => {
  const given = await setUp(t);
  for (let round = 0; round < 4; round += 1) {
    const specs = given.specs.map((spec) => ({ ...spec, id: newId() }));
    const parent = spawn(
      process.execPath,
      [PARENT, given.stateDir, ...specs.map((spec) => JSON.stringify(spec))],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    // The log file is made right before the process is.
    const log = join(given.stateDir, `${firstOf(specs).id}.log`);
    while (!(await exists(log))) await sleep(1);
    await killed(parent);

    const driver = given.open();
    const outcomes = await Promise.all(specs.map((spec) => driver.create(spec)));
    const listed = await driver.list(given.owner);
    assert.deepEqual(
      listed.map(({ id, ref }) => `${id} ${ref}`).sort(),
      specs.map(({ id }, index) => `${id} ${outcomes[index]?.ok ? outcomes[index].ref : ''}`).sort(),
    );
    await Promise.all(specs.map(untilServing));
    await Promise.all(listed.map((replica) => driver.destroy(replica)));
    assert.deepEqual(await driver.list(given.owner), []);
  }
});

test('a replica has a session of its own, nothing of its environment, and a socket for its user alone', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const outcome = await given.open().create(spec);
  assert.ok(outcome.ok);
  await untilServing(spec);
  const [pid] = outcome.ref.split(':');
  const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? [];
  assert.deepEqual([fields[2], fields[3]], [pid, pid], 'process group and session');
  assert.doesNotMatch(await readFile(`/proc/${pid}/environ`, 'latin1'), /PATH|HOME|NODE_/);
  const socket = join(given.stateDir, `${spec.id}.sock`);
  while (!(await exists(socket))) await sleep(5);
  assert.equal((await stat(socket)).mode & 0o777, 0o600);
  assert.equal((await stat(given.stateDir)).mode & 0o777, 0o700);
  await given.open().destroy({ id: spec.id, ref: outcome.ref });
  assert.ok(!(await exists(socket)));
  assert.ok(!(await exists(join(given.stateDir, `${spec.id}.log`))));
});

test('a replica whose state folder vanished goes on serving, and can still be destroyed', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const driver = given.open();
  await driver.create(spec);
  await untilServing(spec);
  while ((await driver.counters({ id: spec.id, ref: '' })) === null) await sleep(5);
  await rm(given.stateDir, { recursive: true });
  assert.equal((await untilServing(spec)).status, 200);
  assert.equal(await driver.counters({ id: spec.id, ref: '' }), null);
  await driver.drain({ id: spec.id, ref: '' });
  assert.equal(await driver.lastWords(spec), '');
  assert.equal((await driver.list(given.owner)).length, 1);
  await driver.destroy({ id: spec.id, ref: '' });
  assert.deepEqual(await driver.list(given.owner), []);
});

test('a replica that does not listen to SIGTERM is killed', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const driver = given.open();
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok);
  process.kill(Number(outcome.ref.split(':')[0]), 'SIGSTOP');
  await driver.destroy({ id: spec.id, ref: outcome.ref });
  assert.deepEqual(await driver.list(given.owner), []);
});

test('a replica that is dead but not buried counts as gone', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const args = formatArguments({
    owner: given.owner,
    id: spec.id,
    bundle: spec.bundleFile,
    host: spec.host,
    address: spec.address,
    port: String(spec.port),
    control: join(given.folder, 'control.sock'),
  });
  // sleep(1) becomes its parent and never waits for it.
  const shell = spawn('sh', ['-c', '"$@" & exec sleep 60', 'sh', process.execPath, PAGE_SERVER, ...args]);
  t.after(() => killed(shell));
  await untilServing(spec);
  const driver = given.open();
  const replica = firstOf(await driver.list(given.owner));
  await driver.destroy(replica);
  const pid = replica.ref.split(':')[0];
  assert.match(await readFile(`/proc/${pid}/stat`, 'latin1'), /\) Z /);
  assert.deepEqual(await driver.list(given.owner), []);
});

test('a process that only looks like a replica is left alone, also when its pid is in a ref', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const args = ['--owner', given.owner, '--id', spec.id, '--address', spec.address];
  const lookalike = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...args]);
  t.after(() => killed(lookalike));
  await once(lookalike, 'spawn');
  const driver = given.open();
  assert.deepEqual(await driver.list(given.owner), []);
  await driver.destroy({ id: spec.id, ref: `${lookalike.pid}:${readStartTime(lookalike.pid ?? 0)}` });
  assert.notEqual(readStartTime(lookalike.pid ?? 0), null);
});

test('an address in use shows up in the last words', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const other = createServer().listen(spec.port, spec.address);
  await once(other, 'listening');
  t.after(() => other.close());
  const driver = given.open();
  assert.ok((await driver.create(spec)).ok);
  while ((await driver.list(given.owner)).length > 0) await sleep(10);
  assert.match(
    await driver.lastWords(spec),
    new RegExp(`${spec.address}:${spec.port}: .*in use by another program`),
  );
});

test('what keeps this host from running replicas is found before the first one', async (t) => {
  const given = await setUp(t);
  const { stateDir } = given;
  const pool = { addresses: given.addresses, port: given.port };
  const node = process.execPath;
  const file = join(given.folder, 'file');
  await writeFile(file, '');
  const rows = [
    [
      { stateDir, node, pool: { ...pool, addresses: ['127.61.0.1', '192.0.2.1'] } },
      /192\.0\.2\.1:\d+: this host does not/,
    ],
    [{ stateDir, node: '/nonexistent/node', pool }, /cannot run \/nonexistent\/node: .*ENOENT/],
    [{ stateDir, node: file, pool }, /cannot run .*EACCES/],
    [{ stateDir: join(file, 'state'), node, pool }, /ENOTDIR/],
    [{ stateDir: `/tmp/${'x'.repeat(90)}`, node, pool }, /30 bytes too long for a Unix socket/],
  ] as const;
  for (const [options, message] of rows) {
    const failure = await processDriver(options).check();
    assert.equal(failure?.class, 'config', String(message));
    assert.match(failure?.message ?? '', message);
  }
});

test('a port of the pool that is in use does not keep the others from being used', async (t) => {
  const given = await setUp(t);
  const other = createServer().listen(given.port, firstOf(given.addresses));
  await once(other, 'listening');
  t.after(() => other.close());
  assert.equal(await given.open().check(), null);
});

test('a program or a folder that is not there is a failure that waits for the operator', async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const pool = { addresses: [], port: 0 };
  const noNode = processDriver({ stateDir: given.stateDir, node: '/nonexistent/node', pool });
  const outcome = await noNode.create(spec);
  assert.ok(!outcome.ok);
  assert.equal(outcome.failure.class, 'config');
  assert.match(outcome.failure.message, /ENOENT/);
  const noFolder = processDriver({ stateDir: join(given.bundleFile, 'state'), node: process.execPath, pool });
  const second = await noFolder.create(spec);
  assert.ok(!second.ok);
  assert.equal(second.failure.class, 'config');
});

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
