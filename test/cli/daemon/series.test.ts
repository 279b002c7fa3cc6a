import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageSeries, thin } from '../../../src/cli/daemon/series.js';
import type { Sample } from '../../../src/store/samples.js';
import { controlState, servedPage } from '../../helpers/control.js';

const A = servedPage('a');
const MINUTE_MS = 60_000;

function sample(at: number, demand: number | null): Sample {
  return {
    at,
    demand,
    queryRate: null,
    requestRate: 1,
    measured: demand,
    desired: 1,
    serving: 1,
    replicas: 1,
  };
}

test('a series has the minutes of the store, and then what is kept more closely', (t) => {
  const { state, clock } = controlState(t, { pages: [A] });
  const start = clock.wall();
  for (let minute = 0; minute < 60; minute += 1)
    state.store.samples.add(A.path, sample(start + minute * MINUTE_MS, minute));
  clock.at += 60 * MINUTE_MS;
  const close = Array.from({ length: 180 }, (_, n) => sample(start + 30 * MINUTE_MS + n * 10_000, 1_000 + n));
  const records = { lately: () => close } as never;
  const now = { kind: 'ago', ms: 0 } as const;
  const all = pageSeries({ state, records }, A.path, { kind: 'at', wall: start }, now, 5_000) ?? [];
  assert.equal(all.length, 30 + 180);
  assert.deepEqual(
    all.map(({ at }) => at),
    all.map(({ at }) => at).sort(),
  );
  const last = pageSeries({ state, records }, A.path, { kind: 'ago', ms: 5 * MINUTE_MS }, now, 5_000) ?? [];
  assert.equal(last.length, 30);
  const few = pageSeries({ state, records }, A.path, { kind: 'at', wall: start }, now, 50) ?? [];
  assert.ok(few.length <= 50);
  assert.equal(Math.max(...few.map(({ demand }) => demand ?? 0)), 1_179, 'the peak is there');
  assert.equal(
    pageSeries({ state, records: { lately: () => [] } as never }, '/none', now, now, 9),
    undefined,
  );
});

test('thinning keeps the highest of each number, and takes unknown for lower than anything', () => {
  const samples = [sample(1, null), sample(2, 7), sample(3, 5), sample(4, null)];
  assert.equal(thin(samples, 4), samples);
  assert.deepEqual(thin(samples, 2), [sample(2, 7), sample(4, 5)]);
  assert.deepEqual(thin(samples, 1), [sample(4, 7)]);
  assert.deepEqual(thin([sample(1, null), sample(2, null)], 1), [sample(2, null)]);
});
