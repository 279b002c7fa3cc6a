import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PageLabels } from '../../src/telemetry/page-labels.js';
import { PageSeries } from '../../src/telemetry/page-series.js';
import { pageSample } from '../helpers/telemetry.js';

const oneSlot = (): PageSeries => new PageSeries(new PageLabels({ slots: 1, idleAfter: 1_000 }));

function labelled(label: string, replicas: number, load: number | null): object {
  const { page: _, ...sample } = pageSample(label, replicas, load);
  return { label, ...sample };
}

test('pages without a slot are summed', () => {
  const series = oneSlot();
  series.set({ ...pageSample('/a', 1, 30), desired: 2, missing: 1 }, 0);
  series.set({ ...pageSample('/b', 1, 10), missing: 1 }, 0);
  series.set({ ...pageSample('/c', 2, null), missing: 2 }, 0);
  assert.deepEqual(series.byLabel(), [
    { ...labelled('/a', 1, 30), desired: 2, missing: 1 },
    { ...labelled('_other', 3, 10), missing: 3, max: 8, target: null },
  ]);
});

test('a page that nobody asks takes no slot, and one that cooled down shows its zeros', () => {
  const series = oneSlot();
  series.set(pageSample('/cold', 0, 0), 0);
  assert.deepEqual(series.byLabel(), []);
  series.set(pageSample('/a', 1, 5), 0);
  series.set(pageSample('/a', 0, 0), 0);
  assert.deepEqual(series.byLabel(), [labelled('/a', 0, 0)]);
});

test('a page that lost its slot while cold is gone from the sums', () => {
  const series = oneSlot();
  series.set(pageSample('/a', 0, 5), 0);
  series.set(pageSample('/a', 0, 0), 0);
  assert.equal(series.set(pageSample('/b', 1, null), 1), '/a');
  assert.deepEqual(series.byLabel(), [labelled('/b', 1, null)]);
});

test('no load measured is no load shown', () => {
  const series = new PageSeries();
  series.set(pageSample('/a', 1, null), 0);
  assert.equal(series.byLabel()[0]?.load, null);
});
