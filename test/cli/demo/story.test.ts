import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoPolicy } from '../../../src/cli/demo/policy.js';
import { demoFiles } from '../../../src/cli/demo/site.js';
import {
  HOT_PAGE,
  nextPhase,
  type PhaseName,
  type Progress,
  ROUND_LIMIT_MS,
  visitRates,
} from '../../../src/cli/demo/story.js';
import { TIME_LIMIT_MS } from '../../../src/cli/demo/summary.js';
import { readPolicies } from '../../../src/policy/parse.js';

/** The phases of one run with the moment at which each began, in milliseconds. */
function play(
  at: (phase: PhaseName, now: number) => Pick<Progress, 'clientOnReplica' | 'replicas'>,
): [PhaseName, number][] {
  const story: [PhaseName, number][] = [['quiet', 0]];
  let [phase, since]: [PhaseName, number] = ['quiet', 0];
  for (let now = 0; now <= 120_000; now += 100) {
    const next = nextPhase({ phase, phaseMs: now - since, ...at(phase, now) }, false);
    if (next === phase) continue;
    story.push([next, now]);
    [phase, since] = [next, now];
  }
  return story;
}

test('the story goes from quiet to drained as its replicas come and go', () => {
  const story = play((phase, now) => ({
    clientOnReplica: now >= 6_200,
    replicas: phase === 'quiet' || now >= 32_000 ? 0 : 4,
  }));
  assert.deepEqual(story, [
    ['quiet', 0],
    ['surge', 5_000],
    ['hot', 6_200],
    ['cooling', 16_200],
    ['drained', 32_000],
  ]);
});

test('a surge that nothing answers ends by itself', () => {
  const story = play(() => ({ clientOnReplica: false, replicas: 0 }));
  assert.deepEqual(
    story.map(([phase]) => phase),
    ['quiet', 'surge', 'cooling', 'drained'],
  );
});

test('replicas that never go do not keep the story from its end, and it fits into the time limit', () => {
  const story = play((_phase, now) => ({ clientOnReplica: now >= 14_900, replicas: 4 }));
  assert.deepEqual(story.at(-1), ['drained', 14_900 + 10_000 + 28_000]);
  assert.ok(ROUND_LIMIT_MS <= TIME_LIMIT_MS - 5_000);
});

test('it begins anew only if it repeats', () => {
  const rested = { phase: 'drained', phaseMs: 20_000, clientOnReplica: true, replicas: 0 } as const;
  assert.equal(nextPhase(rested, false), 'drained');
  assert.equal(nextPhase(rested, true), 'quiet');
  assert.equal(nextPhase({ ...rested, phaseMs: 19_999 }, true), 'drained');
});

test('one page of the site has a crowd in two of the phases, and only then', () => {
  const paths = [...demoFiles().keys()];
  assert.ok(paths.includes(HOT_PAGE));
  const quiet = visitRates('quiet', paths);
  for (const phase of ['surge', 'hot'] as const)
    assert.deepEqual(
      [...visitRates(phase, paths)].filter(([path, rate]) => rate !== quiet.get(path)).map(([path]) => path),
      [HOT_PAGE],
    );
  for (const phase of ['cooling', 'drained'] as const) assert.deepEqual(visitRates(phase, paths), quiet);
});

test('the policy of the demo is read without a problem or a warning, and suits the rates', () => {
  const { policies, warnings } = readPolicies([{ file: 'demo', text: demoPolicy('process') }]);
  assert.deepEqual(warnings, []);
  assert.ok(policies.ok, JSON.stringify(policies));
  const [policy] = policies.value;
  assert.ok(policy !== undefined);
  const paths = [...demoFiles().keys()];
  assert.ok(Math.max(...visitRates('quiet', paths).values()) < policy.metric.activation / 4);
  const wanted = (visitRates('hot', paths).get(HOT_PAGE) ?? 0) / policy.metric.target;
  assert.ok(wanted > 2 && wanted <= policy.maxReplicas);
  // Not near a whole number, where the number of replicas would waver.
  assert.ok(Math.abs(wanted - Math.floor(wanted) - 0.5) < 0.2);
});
