import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from '../../../src/driver/xl/placing.js';

const HOSTS = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
const order = (page: string, placed: readonly { host: string; page: string }[]) =>
  inOrder(HOSTS, page, placed).map(({ name }) => name);

test('replicas of a page are spread, then all of them', () => {
  assert.deepEqual(order('/x', []), ['a', 'b', 'c']);
  assert.deepEqual(order('/x', [{ host: 'a', page: '/x' }]), ['b', 'c', 'a']);
  const placed = [
    { host: 'a', page: '/x' },
    { host: 'b', page: '/y' },
    { host: 'b', page: '/y' },
    { host: 'gone', page: '/x' },
  ];
  assert.deepEqual(order('/x', placed), ['c', 'b', 'a']);
  assert.deepEqual(order('/y', placed), ['c', 'a', 'b']);
});
