import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSource } from '../../src/content/source.js';
import { readTree, type TreeFile } from '../../src/content/tree.js';
import { temporaryFolder, writeFiles } from '../helpers/site-files.js';

async function seen(folder: string): Promise<TreeFile> {
  const tree = await readTree(folder, 'd.test');
  const file = tree.ok ? tree.value.files.get('/a') : undefined;
  assert.ok(file);
  return file;
}

test('a file is read whole while it is as it was seen', async () => {
  const file = await seen(writeFiles(temporaryFolder(), { '/a': 'whole' }));
  const read = readSource(file);
  assert.deepEqual(read, { kind: 'read', bytes: Buffer.from('whole') });
});

test('a file that was written to, replaced, removed or turned into a link since is not read', async () => {
  const changes: readonly ((folder: string) => void)[] = [
    (folder) => appendFileSync(join(folder, 'a'), '!'),
    (folder) => renameSync(join(folder, 'b'), join(folder, 'a')),
    (folder) => rmSync(join(folder, 'a')),
    (folder) => {
      renameSync(join(folder, 'a'), join(folder, 'c'));
      symlinkSync('c', join(folder, 'a'));
    },
  ];
  for (const change of changes) {
    const folder = writeFiles(temporaryFolder(), { '/a': 'whole', '/b': 'WHOLE' });
    const file = await seen(folder);
    change(folder);
    assert.deepEqual(readSource(file), { kind: 'changing' }, change.toString());
  }
});
