import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPage } from '../../../src/cli/daemon/explanation.js';
import { NO_HISTORY } from '../../../src/scale/history.js';
import type { Step } from '../../../src/scale/reason.js';
import { controlState, replicaFor, servedPage } from '../../helpers/control.js';
import { policyOf } from '../../helpers/policies.js';

const PAGE = servedPage('a');
const POLICY = policyOf();
const HEALTHY = { failure: () => null };

test('a page is explained by what was measured, the steps with something to say, replicas and the past', (t) => {
  const replica = replicaFor(PAGE, {
    id: '12345678-0000',
    address: '127.77.0.1',
    reason: 'it serves the page',
  });
  const { state, clock } = controlState(t, { pages: [PAGE], policies: [POLICY], replicas: [replica] });
  const pass = (step: string, value: number): Step => ({
    step,
    value,
    reason: 'DesiredWithinRange',
    detail: '',
  });
  const chain: readonly Step[] = [
    { step: 'metric', value: 3, reason: 'MetricAboveTarget', detail: '25 visits/s, one for 10' },
    pass('tolerance', 3),
    { step: 'stabilization', value: 3, reason: 'ScaleUpStabilized', detail: 'for 10 s' },
    pass('cooldown', 3),
    { step: 'rate', value: 2, reason: 'ScaleUpLimit', detail: '' },
    pass('bounds', 2),
  ];
  const decision = {
    page: PAGE.path,
    policy: POLICY.name,
    current: 1,
    serving: 1,
    desired: 2,
    measured: { stable: 25, panic: 30, complete: true, detail: '25 visits/s' },
    panicking: false,
    chain,
    history: NO_HISTORY,
  };
  state.decisions.set(PAGE.path, decision);
  state.store.decisions.add({
    ...decision,
    at: Date.UTC(2023, 0, 31, 8),
    actions: ['boot 2345 by process'],
    dryRun: false,
    isNews: true,
  });
  const catalogued = state.catalogue.get(PAGE.path);
  assert.ok(catalogued !== undefined);
  const answer = {
    host: PAGE.host,
    ttl: 5,
    maxAddresses: 8,
    addresses: [{ address: '127.0.0.1', weight: 1 }],
  };
  const controller = { state, answer: () => answer };
  assert.deepEqual(explainPage(controller, HEALTHY, catalogued, clock.at), [
    '/a.html is http://a.example.test/a.html',
    'policy test (test.yaml): 0 to 4 replicas, one for 10 of demand',
    'answered with 127.0.0.1 for 5 s',
    '',
    'measured: 25 visits/s (stable window 25)',
    'replicas: 1, of which 1 serve; desired: 2',
    '  metric          3  MetricAboveTarget: 25 visits/s, one for 10',
    '  stabilization   3  ScaleUpStabilized: for 10 s',
    '  rate            2  ScaleUpLimit',
    '',
    'replicas:',
    '  12345678 process 127.77.0.1 serving for 1000 s: it serves the page',
    '',
    'what happened lately:',
    '  2023-01-31T08:00:00.000Z  1 -> 2 by ScaleUpLimit: boot 2345 by process',
  ]);
});

test('a page without policy, decision, answer and replicas is explained, too', (t) => {
  const { state } = controlState(t, { pages: [PAGE] });
  const catalogued = state.catalogue.get(PAGE.path);
  assert.ok(catalogued !== undefined);
  const controller = { state, answer: () => undefined };
  assert.deepEqual(explainPage(controller, HEALTHY, catalogued, 0), [
    '/a.html is http://a.example.test/a.html',
    'no policy matches it, so the origin serves it alone',
    'it is not answered yet',
    '',
    'nothing was measured that would call for a decision',
    '',
    'no replicas',
  ]);
});
