import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Policy } from '../../src/policy/policy.js';
import { decide } from '../../src/scale/decide.js';
import { NO_HISTORY, type PageHistory, recordChange } from '../../src/scale/history.js';
import { plan } from '../../src/scale/plan.js';
import { isCapacity, type Replica } from '../../src/scale/replica.js';
import { scheduledBounds } from '../../src/scale/scheduled.js';
import { why } from '../../src/scale/why.js';
import { type Moment, simulate, type Weather } from '../helpers/page-simulation.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

/**
 * What users of other autoscalers asked for, and did not get for years. Each has a test with the behaviour that they
 * wanted: here, or where the part lives that does it, and then `ELSEWHERE` says where.
 */

const BOOT_MS = 500;

/** So many seconds of a load; null: nothing is measured. */
function* spell(seconds: number, load: number | null, bootMs: number | null = BOOT_MS): Generator<Weather> {
  for (let second = 0; second < seconds; second += 1)
    yield { load: load ?? 0, isMeasured: load !== null, death: false, bootMs };
}

function* weather(...spells: readonly Iterable<Weather>[]): Generator<Weather> {
  for (const each of spells) yield* each;
}

function live(policy: Policy, ...spells: readonly Iterable<Weather>[]): readonly Moment[] {
  return [...simulate(policy, weather(...spells))];
}

function capacity({ replicas }: Moment): number {
  return replicas.filter(isCapacity).length;
}

function load(visits: number) {
  const rate = { stable: visits, panic: visits, lowerBound: false };
  return { demand: rate, queryRate: rate, requestRate: rate, uniqueClients: null };
}

function decideOn(
  policy: Policy,
  visits: number,
  replicas: number,
  more: { now?: number; wall?: number; history?: PageHistory } = {},
) {
  return decide({
    page: '/a.html',
    policy,
    load: load(visits),
    replicas: Array.from({ length: replicas }, () => replicaOf()),
    history: more.history ?? NO_HISTORY,
    scheduled: scheduledBounds(policy, more.wall ?? 0),
    now: more.now ?? 0,
    startedAt: -1e9,
  });
}

const EAGER = `maxReplicas: 20
metric: { target: 10, stableWindow: 20s, panic: { window: 2s } }
behavior: { scaleDown: { stabilizationWindow: 0s, policies: [{ type: Percent, value: 100, period: 1s }] } }
cooldown: { scaleDown: 0s, toZero: 0s }
`;

describe('what users of other autoscalers wanted', () => {
  // kedacore/keda#1850, #2244: the source of the metrics was down, and everything was scaled to 0.
  test('1: when nothing is measured, however long, what serves goes on serving', () => {
    const moments = live(policyOf(EAGER), spell(60, 45), spell(3_600, null));
    for (const moment of moments.slice(30)) assert.equal(capacity(moment), 5);
  });

  // hashicorp/nomad-autoscaler#622: without data a source should be able to scale up, to be on the safe side.
  test('3: when nothing is measured, a policy may ask for more to be on the safe side, and gets back when there is data', () => {
    const policy = policyOf(`${EAGER}fallback: { behavior: currentReplicasIfHigher, replicas: 8 }\n`);
    const moments = live(policy, spell(60, 25), spell(60, null), spell(60, 25));
    assert.deepEqual(
      [59, 119, 179].map((at) => capacity(moments[at] ?? assert.fail())),
      [3, 8, 3],
    );
  });

  // kedacore/keda#5263, #6709: a schedule asked for 89 and got 88, since 88 was within the tolerance.
  test('5: a schedule gets the number that it asks for, to the last one', () => {
    const schedule =
      'schedules: [{ name: s, timezone: UTC, start: "0 9 * * *", duration: 1h, minReplicas: 89 }]';
    const policy = policyOf(`maxReplicas: 100\n${schedule}\n`);
    const wall = Date.parse('2026-11-24T09:00:00Z');
    for (const [visits, replicas] of [
      [0, 88],
      [885, 88],
      [885, 45],
      [0, 0],
    ] as const)
      assert.equal(decideOn(policy, visits, replicas, { wall }).desired, 89);
  });

  // kedacore/keda#5688: the number came down minutes after the end of a schedule, and nobody could say why.
  test('6: after a schedule it is said what the number waits for and how long, and a policy may choose not to wait', () => {
    const schedule =
      'schedules: [{ name: s, timezone: UTC, start: "0 9 * * *", duration: 1h, minReplicas: 5 }]\n';
    const [before, after] = ['2026-11-24T09:59:59Z', '2026-11-24T10:00:00Z'].map((time) => Date.parse(time));
    const patient = policyOf(`maxReplicas: 5\n${schedule}`);
    const { history } = decideOn(patient, 0, 5, { now: 0, wall: before ?? 0 });
    const { chain, desired } = decideOn(patient, 0, 5, { now: 1_000, wall: after ?? 0, history });
    assert.equal(desired, 5);
    assert.deepEqual(
      chain.filter(({ reason }) => reason === 'ScaleDownStabilized').map(({ detail }) => detail),
      ['as many as 5 were recommended in the last 300 s'],
    );
    const impatient = policyOf(`${EAGER}${schedule}`);
    const open = decideOn(impatient, 0, 5, { now: 0, wall: before ?? 0 });
    // The metric's own wait before the last one has passed as well.
    assert.equal(
      decideOn(impatient, 0, 5, { now: 1_000, wall: after ?? 0, history: open.history }).desired,
      0,
    );
  });

  // knative/serving#3153, #9121: leaving panic mode undid the scale-up, and then it had to be done again.
  test('7: a burst that goes on as a steady load is answered once: nothing goes away in between and comes back', () => {
    const moments = live(policyOf(EAGER), spell(60, 10), spell(300, 100));
    const counts = moments.slice(60).map(capacity);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.equal(counts.at(-1), 10);
  });

  // knative/serving#13284: panic mode launched more and more while the first ones were still starting.
  test('8: while slow ones boot, no more are booted than the load asks for', () => {
    const moments = live(
      policyOf(`${EAGER}instance: { bootTimeout: 60s }\n`),
      spell(5, 10, 30_000),
      spell(60, 100, 30_000),
    );
    assert.equal(Math.max(...moments.map(({ replicas }) => replicas.length)), 10);
  });

  // knative/serving#15121, #6743: replicas came and went, or panic began, under a steady load.
  test('9: under a steady load nothing comes, nothing goes and nothing panics', () => {
    const moments = live(policyOf(EAGER), spell(1_200, 64));
    assert.equal(
      moments.slice(30).reduce((sum, { changes }) => sum + changes, 0),
      0,
    );
    assert.ok(moments.slice(30).every(({ decision }) => !decision.panicking));
    for (const { decision } of moments) assert.match(decision.measured?.detail ?? '', /64 visits\/s/);
  });

  // hashicorp/nomad-autoscaler#272, #858: one cooldown for both directions, and nothing was looked at meanwhile.
  test('10: a pause after going down keeps nobody from going up', () => {
    const policy = policyOf('maxReplicas: 9\ncooldown: { scaleDown: 30m, scaleUp: 0s }\n');
    const history = recordChange(NO_HISTORY, -1, 0);
    assert.equal(decideOn(policy, 80, 2, { now: 1_000, history }).desired, 6, 'up by 4 at once');
    assert.equal(decideOn(policy, 0, 2, { now: 1_000, history }).desired, 2);
  });

  // kubernetes/autoscaler#6601, #6128, #5000, #9120, gardener/autoscaler#340: see also ELSEWHERE.
  test('15: what still boots is given up when nobody wants it any more, and what failed is not tried again', () => {
    const policy = policyOf(EAGER);
    const booting = [replicaOf({ state: 'booting' }), replicaOf({ state: 'planned' })];
    const history = { ...NO_HISTORY, failures: { process: { count: 1, at: -60_000 } } };
    const planOf = (visits: number, fleet: readonly Replica[]) => {
      const decision = decide({
        page: '/a.html',
        policy,
        load: load(visits),
        replicas: fleet,
        history,
        now: 0,
        startedAt: -1e9,
      });
      const pages = [{ path: '/a.html', policy, decision }];
      return plan({ pages, fleet, isFresh: () => true, maxInstances: 9, now: 0 });
    };
    assert.equal(planOf(0, booting).cancels.length, 2);
    assert.equal(planOf(0, []).boots.length, 0);
    assert.equal(planOf(20, []).boots.length, 2, 'the back-off is over, and the load is there');
  });

  // kubernetes/autoscaler#2451, kubernetes/kubernetes#138992, #22174, kedacore/keda#5577: see also ELSEWHERE.
  test('16: every decision says what each rule made of the number and why, and an action the one that decided', () => {
    const moments = live(
      policyOf(EAGER),
      spell(30, 12),
      spell(30, 95),
      spell(30, null),
      spell(60, 30),
      spell(60, 0),
    );
    const reasons = new Set<string>();
    for (const { decision } of moments) {
      assert.equal(decision.chain.at(-1)?.value, decision.desired);
      let number = decision.current;
      for (const { value, reason, detail } of decision.chain) {
        if (value !== number) {
          assert.notEqual(detail, '', `${reason} makes ${value} of ${number} and does not say why`);
          reasons.add(reason);
        }
        number = value;
      }
      if (decision.desired !== decision.current) assert.match(why(decision), /^[A-Z]\w+: ./);
    }
    for (const reason of ['MetricAboveTarget', 'MetricBelowTarget', 'BelowActivation', 'ScaleUpLimit'])
      assert.ok(reasons.has(reason), reason);
  });
});

/** Number, issues, file below test/, and the test's name or the beginning of it. */
const ELSEWHERE: readonly (readonly [number, string, string, string])[] = [
  [2, 'kedacore/keda#7239, #7411', 'scale/fallback.test.ts', 'it works from 0 replicas (keda#7239)'],
  [
    2,
    'kedacore/keda#7239, #7411',
    'control/fallback.test.ts',
    'while nothing is measured, a page that has nothing gets its fallback',
  ],
  [
    4,
    'kedacore/keda#4677',
    'policy/schedule.test.ts',
    'weekdays with an end on all days close in the evening and stay closed over the weekend (keda#4677)',
  ],
  [
    4,
    'kedacore/keda#4677',
    'policy/schedule.test.ts',
    'with an end on any days whatever, a window is open from a start to the next end',
  ],
  [
    11,
    'hashicorp/nomad-autoscaler#845, kubernetes/autoscaler#1377, ThomasObenaus/sokar#98',
    'control/controller.test.ts',
    'a dry run decides, explains and plans, and no call ever changes the world',
  ],
  [
    11,
    'hashicorp/nomad-autoscaler#845',
    'scale/budget.test.ts',
    'what a dry run would like takes nothing from what is real',
  ],
  [
    12,
    'aws/karpenter-provider-aws#549, #2734',
    'control/crash.test.ts',
    'whichever transaction of a surge the store refuses, once or from then on, nothing boots without a record or is left',
  ],
  [
    12,
    'aws/karpenter-provider-aws#549, #2734',
    'daemon/kill.test.ts',
    'killed at any moment of a surge, the daemon leaks nothing',
  ],
  [
    13,
    'kubernetes-sigs/karpenter#1215, aws/karpenter-provider-aws#3244',
    'scale/budget.test.ts',
    'a limit of money is met to the cent',
  ],
  [
    13,
    'aws/karpenter-provider-aws#5909',
    'scale/budget.test.ts',
    'a limit that is lowered shrinks what exists',
  ],
  [
    14,
    'kubernetes-sigs/karpenter#2657',
    'control/budget.test.ts',
    'no order of passes, refusals, crashes and slow drivers gets more than the budget to exist',
  ],
  [
    15,
    'kubernetes/autoscaler#6601, #6128, #5000',
    'control/placement.test.ts',
    'when the first placement fails',
  ],
  [
    15,
    'kubernetes/autoscaler#6601, gardener/autoscaler#340',
    'control/placement.test.ts',
    'a driver that hangs keeps no other from booting',
  ],
  [
    12,
    'aws/karpenter-provider-aws#549, #2734',
    'control/observer.test.ts',
    'what carries our tag and is in no book is destroyed',
  ],
  [
    16,
    'kubernetes/kubernetes#22174, kedacore/keda#5577',
    'daemon/history.test.ts',
    'any moment of a surge explains itself afterwards',
  ],
];

test('each of the sixteen has a test, and those that are elsewhere are there', () => {
  const here = [1, 3, 5, 6, 7, 8, 9, 10, 15, 16];
  const numbers = new Set([...here, ...ELSEWHERE.map(([number]) => number)]);
  assert.equal(numbers.size, 16);
  for (const [number, , file, name] of ELSEWHERE) {
    const text = readFileSync(new URL(`../../../test/${file}`, import.meta.url), 'utf8');
    const begins = ["'", '"', '`'].some((quote) => text.includes(`test(${quote}${name}`));
    assert.ok(begins, `${number}: ${file} has no "${name}"`);
  }
});
