import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeOldBundles } from '../../src/content/bundle-file.js';

const HOUR_MS = 3_600_000;

test('only bundles that nobody needs and nobody touched for an hour are removed, half-written ones too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-bundles-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const now = Date.now();
  const write = (name: string, ageMs: number): string => {
    const file = join(folder, name);
    writeFileSync(file, '');
    utimesSync(file, new Date(now - ageMs), new Date(now - ageMs));
    return file;
  };
  const needed = write('needed.hzb', 2 * HOUR_MS);
  write('old.hzb', 2 * HOUR_MS);
  write('young.hzb', HOUR_MS / 2);
  write('.cut.hzb.4711', 2 * HOUR_MS);
  write('.being-written.hzb.4711', 0);
  write('notes.txt', 2 * HOUR_MS);
  assert.equal(await removeOldBundles(folder, new Set([needed]), now), 2);
  assert.deepEqual(readdirSync(folder).sort(), [
    '.being-written.hzb.4711',
    'needed.hzb',
    'notes.txt',
    'young.hzb',
  ]);
});
