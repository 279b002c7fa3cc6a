import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWithin } from '../../src/content/placement.js';
import { temporaryFolder } from '../helpers/site-files.js';

test('a folder is within a site wherever its files would become pages', () => {
  const folder = temporaryFolder();
  const site = join(folder, 'site');
  mkdirSync(join(site, 'real'), { recursive: true });
  symlinkSync('site', join(folder, 'link'));
  assert.ok(isWithin(site, site));
  assert.ok(isWithin(join(site, 'out'), site));
  assert.ok(isWithin(join(site, 'real/new/out'), site));
  assert.ok(isWithin(join(folder, 'link/out'), site));
  assert.ok(isWithin(join(site, 'out'), join(folder, 'link')));
  assert.ok(!isWithin(join(site, '.out'), site), 'dot files are no pages');
  assert.ok(!isWithin(join(folder, 'out'), site));
  assert.ok(!isWithin(`${site}-2`, site));
});
