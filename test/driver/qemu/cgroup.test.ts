import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cap, enableCaps, removeCap } from '../../../src/driver/qemu/cgroup.js';

/** A folder with the files of a group, since a test may not count on the real thing being delegated to it. */
async function groupOf(t: TestContext, controllers: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-cgroup-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'cgroup.controllers'), `${controllers}\n`);
  return folder;
}

test('a machine gets a group with its memory, what QEMU takes beside it, and one processor', async (t) => {
  const parent = await groupOf(t, 'cpuset cpu io memory pids');
  assert.equal(await enableCaps(parent), null);
  assert.equal(await readFile(join(parent, 'cgroup.subtree_control'), 'utf8'), '+cpu +memory');
  assert.equal(await cap(parent, { id: 'one', pid: 4_711, memory: 16 }), null);
  const group = join(parent, 'hotzone-one');
  const read = (file: string) => readFile(join(group, file), 'utf8');
  assert.equal(await read('memory.max'), String((16 + 128) * 2 ** 20));
  assert.equal(await read('cpu.max'), '100000 100000');
  assert.equal(await read('cgroup.procs'), '4711');
});

test('what is no group, or lacks a controller, is said', async (t) => {
  const parent = await groupOf(t, 'cpu pids');
  assert.deepEqual(await enableCaps(parent), {
    class: 'config',
    message: `the control group ${parent} has no memory controller`,
  });
  const none = await enableCaps('/nonexistent');
  assert.equal(none?.class, 'config');
  assert.match(none?.message ?? '', /^cannot use the control group \/nonexistent: ENOENT/);
  const failure = await cap('/proc', { id: 'one', pid: 1, memory: 16 });
  assert.match(failure?.message ?? '', /^cannot cap the machine: /);
});

test('a group goes with its machine', async (t) => {
  const parent = await groupOf(t, 'cpu memory');
  await mkdir(join(parent, 'hotzone-one'));
  await removeCap(parent, 'one');
  assert.deepEqual(await readdir(parent), ['cgroup.controllers']);
  await removeCap(parent, 'one');
});
