import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ReplicaSpec } from '../../../src/driver/driver.js';
import type { Image } from '../../../src/policy/image.js';
import { until } from '../../helpers/daemon/until.js';
import { driverScene, firstOf } from '../../helpers/driver-scene.js';
import { ask } from '../../helpers/http.js';
import { setUpProcessDriver } from '../../helpers/process-driver.js';

/** Says what it was told, and how often it was asked. */
const SERVER = `
let asked = 0;
require('node:http').createServer((_, response) => response.end([...process.argv.slice(1), ++asked].join(' ')))
  .listen(Number(process.argv[2]), process.argv[1]);`;

async function setUp(t: TestContext, ...command: string[]) {
  const given = await driverScene(t, await setUpProcessDriver());
  const image: Image = { kind: 'command', command: [process.execPath, ...command] };
  const spec: ReplicaSpec = { ...firstOf(given.specs), image };
  return { ...given, spec, driver: given.open() };
}

const IMAGE = ['--eval', SERVER, '{address}', '{port}', '{host}', '{page}', '{id}'] as const;

async function body({ address, port, host }: ReplicaSpec): Promise<string> {
  return (await ask({ address, port, host })).body.toString();
}

test('a replica runs the command of its image, told who it is, and is adopted and ended as any', async (t) => {
  const { driver, spec, open, owner } = await setUp(t, ...IMAGE);
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  const told = [spec.address, spec.port, spec.host, spec.page, spec.id].join(' ');
  assert.equal(await until('it answers', () => body(spec).catch(() => null)), `${told} 1`);

  const next = open();
  assert.deepEqual(await next.list(owner), [
    { id: spec.id, ref: outcome.ref, address: spec.address, running: true },
  ]);
  assert.equal(await next.counters({ id: spec.id, ref: outcome.ref }), null, 'no data is not zero');
  await next.drain({ id: spec.id, ref: outcome.ref });
  assert.equal(await body(spec), `${told} 2`, 'it goes on answering');
  await next.destroy({ id: spec.id, ref: outcome.ref });
  await assert.rejects(body(spec), /ECONNREFUSED/);
  assert.deepEqual(await next.list(owner), []);
});

test('a command is killed with its host, so that nothing holds the address', async (t) => {
  const { driver, spec } = await setUp(t, ...IMAGE);
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok);
  await until('it answers', () => body(spec).catch(() => null));
  process.kill(Number(outcome.ref.split(':')[0]), 'SIGKILL');
  await until('nobody answers', () =>
    body(spec).then(
      () => false,
      () => true,
    ),
  );
});

test('a command that ends takes its replica with it, and its last words are kept', async (t) => {
  const { driver, spec, owner } = await setUp(t, '--eval', 'console.error("no database"); process.exit(3)');
  assert.ok((await driver.create(spec)).ok);
  await until('it has ended', async () => (await driver.list(owner)).length === 0);
  const words = await driver.lastWords(spec);
  assert.match(words, /no database/);
  assert.match(words, /the command has ended \(code 3\)/);
});

test('a program that is not there is told as the reason', async (t) => {
  const given = await setUp(t);
  const spec: ReplicaSpec = { ...given.spec, image: { kind: 'command', command: ['/no/such/program'] } };
  assert.ok((await given.driver.create(spec)).ok);
  await until('it has ended', async () => (await given.driver.list(given.owner)).length === 0);
  assert.match(await given.driver.lastWords(spec), /\/no\/such\/program/);
});
