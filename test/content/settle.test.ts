import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameFiles, settledFiles } from '../../src/content/settle.js';
import type { TreeFile } from '../../src/content/tree.js';

/** Files by path, with a stamp of one letter. */
function files(stamps: Readonly<Record<string, string>>): ReadonlyMap<string, TreeFile> {
  return new Map(
    Object.entries(stamps).map(([path, stamp]) => [
      path,
      { path, file: path, size: 0, mtimeMs: 0, ctimeMs: 0, stamp },
    ]),
  );
}

function settled(before: object, now: object, held: object): Record<string, string> {
  const result = settledFiles(files({ ...before }), files({ ...now }), files({ ...held }));
  return Object.fromEntries([...result].map(([path, file]) => [path, file.stamp]));
}

test('a new file counts once two looks saw it alike', () => {
  assert.deepEqual(settled({}, { '/a': 'x' }, {}), {});
  assert.deepEqual(settled({ '/a': 'x' }, { '/a': 'y' }, {}), {});
  assert.deepEqual(settled({ '/a': 'y' }, { '/a': 'y' }, {}), { '/a': 'y' });
});

test('a file that is being written stays what it was', () => {
  assert.deepEqual(settled({ '/a': 'x' }, { '/a': 'y' }, { '/a': 'x' }), { '/a': 'x' });
  assert.deepEqual(settled({ '/a': 'y' }, { '/a': 'z' }, { '/a': 'x' }), { '/a': 'x' });
});

test('a file is gone once two looks did not see it', () => {
  assert.deepEqual(settled({ '/a': 'x' }, {}, { '/a': 'x' }), { '/a': 'x' });
  assert.deepEqual(settled({}, {}, { '/a': 'x' }), {});
  assert.deepEqual(settled({}, { '/a': 'x' }, { '/a': 'x' }), { '/a': 'x' });
});

test('the same files are those with the same stamps', () => {
  assert.ok(sameFiles(files({ '/a': 'x' }), files({ '/a': 'x' })));
  assert.ok(!sameFiles(files({ '/a': 'x' }), files({ '/a': 'y' })));
  assert.ok(!sameFiles(files({ '/a': 'x' }), files({ '/b': 'x' })));
  assert.ok(!sameFiles(files({}), files({ '/b': 'x' })));
});
