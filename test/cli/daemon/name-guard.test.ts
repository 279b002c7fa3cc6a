import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameGuard } from '../../../src/cli/daemon/name-guard.js';
import { parseMasterFile } from '../../../src/dns/master-file.js';
import type { ServedPage } from '../../../src/site/page.js';

const DOMAIN = 'example.com';
const APEX = '@ 3600 SOA ns1 hostmaster 1 3600 600 86400 10\n@ 3600 NS ns1\nns1 3600 A 192.0.2.1\n';

function records(text: string) {
  const parsed = parseMasterFile(APEX + text, { file: 'zone', domain: DOMAIN });
  assert.ok(parsed.ok);
  return parsed.value;
}

function pageOf(label: string): ServedPage {
  const page = { path: `/${label}`, host: `${label}.${DOMAIN}`, urlPath: `/${label}` };
  return { ...page, bundle: {} as ServedPage['bundle'], bundleFile: `/${label}.hzb` };
}

function admitted(guard: NameGuard, ...labels: string[]) {
  const { change, problems } = guard.admit({ added: labels.map(pageOf), changed: [], removed: [] });
  return { paths: change.added.map(({ path }) => path), problems };
}

test('a page whose name the operator has is left out, told with its place, and keeps no other page out', () => {
  const guard = NameGuard.of(DOMAIN, records('taken 300 A 192.0.2.9\n'));
  assert.ok(guard.ok);
  const { paths, problems } = admitted(guard.value, 'free', 'taken');
  assert.deepEqual(paths, ['/free']);
  assert.equal(problems.length, 1);
  assert.match(problems[0]?.message ?? '', /^\/taken: /);
});

test('other records change who gets in', () => {
  const guard = NameGuard.of(DOMAIN, records('taken 300 A 192.0.2.9\n'));
  assert.ok(guard.ok);
  guard.value.replaceRecords(DOMAIN, records('free 300 A 192.0.2.9\n'));
  assert.deepEqual(admitted(guard.value, 'free', 'taken').paths, ['/taken']);
});

test('a page that was left out gets in with the records that leave it its name, as it is then', () => {
  const guard = NameGuard.of(DOMAIN, records('taken 300 A 192.0.2.9\n'));
  assert.ok(guard.ok);
  admitted(guard.value, 'taken');
  const newer = { ...pageOf('taken'), bundleFile: '/newer.hzb' };
  assert.deepEqual(guard.value.admit({ added: [], changed: [newer], removed: [] }).change.changed, []);
  assert.deepEqual(guard.value.replaceRecords(DOMAIN, records('')).added, [newer]);
  assert.deepEqual(guard.value.replaceRecords(DOMAIN, records('')).added, []);
});

test('a page that was left out and is removed stays out', () => {
  const guard = NameGuard.of(DOMAIN, records('taken 300 A 192.0.2.9\n'));
  assert.ok(guard.ok);
  admitted(guard.value, 'taken');
  guard.value.admit({ added: [], changed: [], removed: [pageOf('taken')] });
  assert.deepEqual(guard.value.replaceRecords(DOMAIN, records('')).added, []);
});
