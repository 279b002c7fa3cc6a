import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineFiles } from '../../src/driver/qemu/machine-files.js';
import { newId, testDriverConformance, untilServing } from '../driver/conformance.js';
import { driverScene, firstOf } from '../helpers/driver-scene.js';
import { ask } from '../helpers/http.js';
import { KERNEL, setUpQemuDriver, skipWithoutKernel } from '../helpers/qemu-driver.js';

const skip = skipWithoutKernel;

if (skip === false) testDriverConformance('qemu', () => setUpQemuDriver(KERNEL));
else test('driver qemu', { skip }, () => {});

async function setUp(t: TestContext) {
  return driverScene(t, await setUpQemuDriver(KERNEL));
}

test('a dozen unikernels serve at once, each at its own address', { skip }, async (t) => {
  const given = await setUp(t);
  const driver = given.open();
  const outcomes = await Promise.all(given.specs.map((spec) => driver.create(spec)));
  assert.ok(
    outcomes.every(({ ok }) => ok),
    JSON.stringify(outcomes),
  );
  const answers = await Promise.all(given.specs.map(untilServing));
  assert.ok(answers.every(({ status, body }) => status === 200 && body.toString() === given.body));
  const counters = await Promise.all(given.specs.map(({ id }) => driver.counters({ id, ref: '' })));
  assert.deepEqual(
    counters.map((count) => count?.requests),
    given.specs.map(() => 1),
  );
  const listed = await driver.list(given.owner);
  assert.equal(listed.length, 12);
  await Promise.all(listed.map((replica) => driver.destroy(replica)));
  assert.deepEqual(await driver.list(given.owner), []);
});

test('counters and orders are for who has the secret', { skip }, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const driver = given.open();
  assert.ok((await driver.create(spec)).ok);
  const { address, port, host } = spec;
  const config = await readFile(machineFiles(given.stateDir, spec.id).config, 'utf8');
  const token = /hotzone\.token=(\w+)/.exec(config)?.[1] ?? assert.fail(config);
  const target = '/.hotzone/counters';
  const told = await ask({ address, port, host, target, headers: { 'X-Hotzone-Token': token } });
  assert.equal(JSON.parse(told.body.toString()).requests, 0);
  for (const headers of [{}, { 'X-Hotzone-Token': '' }, { 'X-Hotzone-Token': token.replace(/^./, 'x') }]) {
    assert.equal((await ask({ address, port, host, target, headers })).status, 404);
    await ask({ address, port, host, target: '/.hotzone/power-off', method: 'POST', headers });
  }
  assert.equal((await ask({ address, port, host })).status, 200);
});

test('a corrupt, a cut off and an oversized bundle are told in the words of the kernel', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const driver = given.open();
  const good = await readFile(given.bundleFile);
  const flipped = Buffer.from(good);
  flipped.writeUInt8(flipped.readUInt8(good.length - 1) ^ 1, good.length - 1);
  const rows = [
    [flipped, undefined, /bundle/],
    [good.subarray(0, good.length - 7), undefined, /bundle/],
    [Buffer.from('no bundle at all'), undefined, /bundle/],
    [Buffer.alloc(9 * 2 ** 20, good), 8 * 2 ** 20, /too large|does not fit|bundle/i],
  ] as const;
  for (const [index, [bytes, memory, message]] of rows.entries()) {
    const bundleFile = join(given.folder, `bad-${index}.bundle`);
    await writeFile(bundleFile, bytes);
    const spec = { ...firstOf(given.specs), id: newId(), bundleFile };
    const outcome = await driver.create(memory === undefined ? spec : { ...spec, memory });
    assert.ok(!outcome.ok, `row ${index}`);
    assert.equal(outcome.failure.class, 'config', outcome.failure.message);
    assert.match(outcome.failure.message, message);
    assert.deepEqual(await driver.list(given.owner), []);
  }
});

test('a page of 4 MiB is served in 16 MiB', { skip }, async (t) => {
  const given = await setUp(t);
  const spec = { ...firstOf(given.specs), memory: 16 * 2 ** 20 };
  const body = Buffer.alloc(4 * 2 ** 20, 'a page that fills its machine. ');
  const bundleFile = await given.writeBundle(body);
  const driver = given.open();
  const outcome = await driver.create({ ...spec, bundleFile });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.ok((await untilServing(spec)).body.equals(body));
});

test('a machine that is killed while it serves is missing from the next list, and its place is free', {
  skip,
}, async (t) => {
  const given = await setUp(t);
  const spec = firstOf(given.specs);
  const driver = given.open();
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok);
  await untilServing(spec);
  process.kill(Number(outcome.ref.split(':')[0]), 'SIGKILL');
  while ((await driver.list(given.owner)).length > 0) await sleep(10);
  assert.match(await driver.lastWords(spec), /serving/);
  await driver.destroy({ id: spec.id, ref: outcome.ref });
  const next = { ...spec, id: newId() };
  assert.ok((await driver.create(next)).ok);
  assert.equal((await untilServing(next)).status, 200);
});
