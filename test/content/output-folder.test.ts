import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFolder } from '../../src/content/output-folder.js';
import type { Parsed } from '../../src/problem.js';
import { temporaryFolder } from '../helpers/site-files.js';

function writing(text: string): (folder: string) => Promise<Parsed<string>> {
  return async (folder) => {
    await writeFile(join(folder, 'zone'), text);
    return { ok: true, value: text };
  };
}

test('a folder appears whole, and a later one takes its place', async () => {
  const parent = temporaryFolder();
  const out = join(parent, 'out');
  for (const text of ['one', 'two']) {
    const written = await writeFolder(out, ['zone'], async (folder) => {
      assert.equal(existsSync(join(out, 'zone')), text === 'two', 'the old one is there until the end');
      return writing(text)(folder);
    });
    assert.deepEqual(written, { ok: true, value: text });
    assert.equal(readFileSync(join(out, 'zone'), 'utf8'), text);
    assert.deepEqual(readdirSync(parent), ['out']);
  }
});

test('a failure leaves what was there', async () => {
  const parent = temporaryFolder();
  const out = join(parent, 'out');
  await writeFolder(out, ['zone'], writing('one'));
  const failed: Parsed<string> = { ok: false, problems: [{ where: 'x', message: 'is wrong' }] };
  const result = await writeFolder(out, ['zone'], async (folder) => {
    await writing('two')(folder);
    return failed;
  });
  assert.equal(result, failed);
  assert.equal(readFileSync(join(out, 'zone'), 'utf8'), 'one');
  assert.deepEqual(readdirSync(parent), ['out']);
});

test("somebody's own files are not replaced", async () => {
  const out = join(temporaryFolder(), 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'thesis.txt'), '');
  const result = await writeFolder(out, ['zone'], writing('one'));
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.message, 'holds "thesis.txt", which no earlier build put there');
  assert.deepEqual(readdirSync(out), ['thesis.txt']);
});

test('a place where no folder can be is a problem', async () => {
  const parent = temporaryFolder();
  writeFileSync(join(parent, 'file'), '');
  const result = await writeFolder(join(parent, 'file/out'), ['zone'], writing('one'));
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.message, 'is not a folder');
});
