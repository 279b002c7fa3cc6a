import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PageLoad } from '../../src/load/load.js';
import { type Decision, decide } from '../../src/scale/decide.js';
import { NO_HISTORY, type PageHistory } from '../../src/scale/history.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

const BLIND: PageLoad = { demand: null, queryRate: null, requestRate: null, uniqueClients: null };
const LONG_AGO = -1e9;

function seen(visits: number): PageLoad {
  const rate = { stable: visits, panic: visits, lowerBound: false };
  return { demand: rate, queryRate: rate, requestRate: rate, uniqueClients: null };
}

interface Given {
  readonly fallback: string;
  readonly current: number;
  readonly now: number;
  readonly load?: PageLoad;
  readonly history?: PageHistory;
  readonly startedAt?: number;
}

const AT_ONCE =
  'behavior: { scaleDown: { stabilizationWindow: 0s, policies: [{ type: Percent, value: 100, period: 1s }] } }\ncooldown: { scaleDown: 0s }\n';

function decideOn({
  fallback,
  current,
  now,
  load = BLIND,
  history = NO_HISTORY,
  startedAt = LONG_AGO,
}: Given): Decision {
  return decide({
    page: '/a.html',
    policy: policyOf(`maxReplicas: 8\nfallback: { ${fallback} }\n${AT_ONCE}`),
    load,
    replicas: Array.from({ length: current }, () => replicaOf()),
    history,
    now,
    startedAt,
  });
}

/** What a page with so many replicas gets after three looks without a signal. */
function afterThree(fallback: string, current: number): number {
  const first = decideOn({ fallback, current, now: 1_000 });
  assert.equal(first.desired, current, 'one look without a signal is no failure yet');
  const third = decideOn({ fallback, current, now: 4_000, history: first.history });
  assert.ok(third.chain.some(({ reason }) => reason === 'FallbackActive'));
  return third.desired;
}

test('each behavior makes of what there is what its name says', () => {
  assert.deepEqual(
    [1, 3, 5].map((current) => afterThree('behavior: static, replicas: 3', current)),
    [3, 3, 3],
  );
  assert.deepEqual(
    [1, 5].map((current) => afterThree('behavior: currentReplicas', current)),
    [1, 5],
  );
  const higher = 'behavior: currentReplicasIfHigher, replicas: 3';
  assert.deepEqual(
    [1, 5].map((current) => afterThree(higher, current)),
    [3, 5],
  );
  const lower = 'behavior: currentReplicasIfLower, replicas: 3';
  assert.deepEqual(
    [1, 5].map((current) => afterThree(lower, current)),
    [1, 3],
  );
});

test('it works from 0 replicas (keda#7239)', () => {
  assert.equal(afterThree('replicas: 2', 0), 2);
  assert.equal(afterThree('behavior: currentReplicasIfHigher, replicas: 2', 0), 2);
});

test('looks are counted by time: many passes within a second are one, and a signal begins the count anew', () => {
  const fallback = 'failureThreshold: 2, replicas: 3';
  let decision = decideOn({ fallback, current: 1, now: 1_000 });
  for (let now = 1_000; now < 3_000; now += 100) {
    decision = decideOn({ fallback, current: 1, now, history: decision.history });
    assert.equal(decision.desired, 1, `${now}`);
  }
  const signal = decideOn({ fallback, current: 1, now: 2_999, load: seen(10), history: decision.history });
  assert.equal(decideOn({ fallback, current: 1, now: 3_000, history: signal.history }).desired, 1);
  assert.equal(decideOn({ fallback, current: 1, now: 3_000, history: decision.history }).desired, 3);
});

test('a daemon that has just started has measured nothing yet, which is no failure', () => {
  const history = { ...NO_HISTORY, blindSince: 1 };
  const given = { fallback: 'replicas: 3', current: 1, history, startedAt: 100_000 };
  assert.equal(decideOn({ ...given, now: 102_999 }).desired, 1);
  assert.equal(decideOn({ ...given, now: 103_000 }).desired, 3);
});

test('what is measured decides, whatever the fallback says', () => {
  assert.equal(decideOn({ fallback: 'replicas: 3', current: 1, now: 9_000, load: seen(45) }).desired, 5);
});
