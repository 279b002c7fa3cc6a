import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { writeBundle } from '../../src/content/bundle-file.js';
import { representationsOf, sha256 } from '../../src/content/representation.js';
import type { Bundle } from '../../src/site/bundle.js';
import { decodeBundle } from '../../src/site/bundle-codec.js';
import { temporaryFolder } from '../helpers/site-files.js';

async function bundle(path = '/a.html'): Promise<Bundle> {
  const body = Buffer.from('<p>hello</p>'.repeat(100));
  return {
    host: 'a.html.d.test',
    path,
    urlPath: '/a.html',
    contentType: 'text/html; charset=utf-8',
    lastModified: 1_700_000_000,
    digest: sha256(body),
    representations: await representationsOf(body, 'text/html'),
  };
}

test('a bundle file is named by its bytes and holds the bundle', async () => {
  const folder = temporaryFolder();
  const written = await writeBundle(folder, await bundle());
  assert.ok(written.ok);
  const bytes = readFileSync(written.value);
  assert.equal(basename(written.value), `${sha256(bytes)}.hzb`);
  const decoded = decodeBundle(bytes);
  assert.ok(decoded.ok);
  assert.equal(decoded.value.host, 'a.html.d.test');
  assert.deepEqual(readdirSync(folder), [basename(written.value)], 'nothing unfinished is left');
});

test('a bundle file that is there is not written again, and one that was cut short is', async () => {
  const folder = temporaryFolder();
  const first = await writeBundle(folder, await bundle());
  assert.ok(first.ok);
  const { ino, size } = statSync(first.value);
  assert.deepEqual(await writeBundle(folder, await bundle()), first);
  assert.equal(statSync(first.value).ino, ino);
  writeFileSync(first.value, 'x');
  assert.deepEqual(await writeBundle(folder, await bundle()), first);
  assert.equal(statSync(first.value).size, size);
});

test('a folder that cannot be written to is a problem', async () => {
  const folder = join(temporaryFolder(), 'missing');
  assert.deepEqual(await writeBundle(folder, await bundle()), {
    ok: false,
    problems: [{ where: folder, message: 'does not exist', hint: 'check the path' }],
  });
});

test('a page that no bundle can hold is a problem of that page', async () => {
  const path = `/${'x'.repeat(5_000)}`;
  const written = await writeBundle(temporaryFolder(), await bundle(path));
  assert.ok(!written.ok);
  assert.equal(written.problems[0]?.where, path);
});
