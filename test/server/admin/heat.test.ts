import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byHeat } from '../../../src/server/admin/heat.js';
import { staticSource } from '../../helpers/admin-source.js';

test('the hottest come first by whatever is known of them, then those with more replicas, then by name', () => {
  const cold = staticSource().page('/about.html');
  assert.ok(cold);
  const pages = [
    { ...cold, path: '/b' },
    { ...cold, path: '/a' },
    { ...cold, path: '/draining', draining: 1 },
    { ...cold, path: '/requests', demand: null, queryRate: null, requestRate: 9 },
    { ...cold, path: '/demand', demand: 10, requestRate: null },
  ];
  const order = byHeat(pages).map(({ path }) => path);
  assert.deepEqual(order, ['/demand', '/requests', '/draining', '/a', '/b']);
  assert.deepEqual(
    byHeat([...pages].reverse()).map(({ path }) => path),
    order,
  );
  assert.equal(pages[0]?.path, '/b', 'the given list stays as it was');
});
