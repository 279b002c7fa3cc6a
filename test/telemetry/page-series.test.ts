import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PageLabels } from '../../src/telemetry/page-labels.js';
import { PageSeries } from '../../src/telemetry/page-series.js';

const cold = { ready: 0, desired: 0, demand: 0 };

test('pages without a slot are summed', () => {
  const series = new PageSeries(new PageLabels({ slots: 1, idleAfter: 1_000 }));
  series.set({ page: '/a', ready: 1, desired: 2, demand: 30 }, 0);
  series.set({ page: '/b', ready: 1, desired: 1, demand: 10 }, 0);
  series.set({ page: '/c', ready: 2, desired: 2, demand: null }, 0);
  assert.deepEqual(series.byLabel(), [
    { label: '/a', ready: 1, desired: 2, demand: 30 },
    { label: '_other', ready: 3, desired: 3, demand: 10 },
  ]);
});

test('a page that nobody asks takes no slot, and one that cooled down shows its zeros', () => {
  const series = new PageSeries(new PageLabels({ slots: 1, idleAfter: 1_000 }));
  series.set({ page: '/cold', ...cold }, 0);
  assert.deepEqual(series.byLabel(), []);
  series.set({ page: '/a', ready: 1, desired: 1, demand: 5 }, 0);
  series.set({ page: '/a', ...cold }, 0);
  assert.deepEqual(series.byLabel(), [{ label: '/a', ...cold }]);
});

test('a page that lost its slot while cold is gone from the sums', () => {
  const series = new PageSeries(new PageLabels({ slots: 1, idleAfter: 1_000 }));
  series.set({ page: '/a', ready: 0, desired: 0, demand: 5 }, 0);
  series.set({ page: '/a', ...cold }, 0);
  assert.equal(series.set({ page: '/b', ready: 1, desired: 1, demand: null }, 1), '/a');
  assert.deepEqual(series.byLabel(), [{ label: '/b', ready: 1, desired: 1, demand: null }]);
});

test('no demand measured is no demand shown', () => {
  const series = new PageSeries();
  series.set({ page: '/a', ready: 1, desired: 1, demand: null }, 0);
  assert.equal(series.byLabel()[0]?.demand, null);
});
