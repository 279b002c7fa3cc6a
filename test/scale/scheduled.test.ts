import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PageLoad } from '../../src/load/load.js';
import type { Policy } from '../../src/policy/policy.js';
import { type Decision, decide } from '../../src/scale/decide.js';
import { NO_HISTORY, type PageHistory, recordChange } from '../../src/scale/history.js';
import type { Reason } from '../../src/scale/reason.js';
import { scheduledBounds } from '../../src/scale/scheduled.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';

/** A Tuesday: 09:00 in Prague is 08:00 UTC. */
const DAY = '2026-11-24';
const PEAK = '{ name: peak, timezone: Europe/Prague, start: "0 9 * * *", duration: 2h, minReplicas: 3 }';

function policyWith(schedules: string, more = ''): Policy {
  return policyOf(`maxReplicas: 6\nschedules: [${schedules}]\n${more}`);
}

function wall(time: string): number {
  return Date.parse(`${DAY}T${time}Z`);
}

/** A decision at that time of the day; the monotonic clock counts from midnight. */
function at(
  time: string,
  policy: Policy,
  given: { visits?: number | null; replicas?: number; history?: PageHistory } = {},
): Decision {
  const { visits = 0, replicas = 0, history = NO_HISTORY } = given;
  const rate = visits === null ? null : { stable: visits, panic: visits, lowerBound: false };
  const load: PageLoad = { demand: rate, queryRate: rate, requestRate: rate, uniqueClients: null };
  return decide({
    page: '/a.html',
    policy,
    load,
    replicas: Array.from({ length: replicas }, () => replicaOf()),
    history,
    scheduled: scheduledBounds(policy, wall(time)),
    now: wall(time) - wall('00:00:00'),
    startedAt: -1e9,
  });
}

function reasons({ chain }: Decision): readonly Reason[] {
  return chain.map(({ reason }) => reason).filter((reason) => reason !== 'DesiredWithinRange');
}

test('a floor holds from its start to its end, whatever the load, and says until when', () => {
  const policy = policyWith(PEAK);
  assert.equal(at('07:59:59', policy).desired, 0);
  const open = at('08:00:00', policy);
  assert.equal(open.desired, 3);
  assert.equal(
    open.chain.find(({ reason }) => reason === 'ScheduleActive')?.detail,
    'the schedule "peak" has minReplicas 3 until 2026-11-24 11:00 Europe/Prague',
  );
  assert.equal(at('09:59:59', policy).desired, 3);
  assert.equal(at('10:00:00', policy).desired, 0);
});

test('a floor is met at once and in full: no rate limit, cooldown or tolerance holds it back', () => {
  const policy = policyWith(
    PEAK,
    'behavior: { scaleUp: { policies: [{ type: Replicas, value: 1, period: 10m }] } }\ncooldown: { scaleUp: 10m }\n',
  );
  const history = recordChange(NO_HISTORY, 1, wall('07:59:50') - wall('00:00:00'));
  assert.equal(at('08:00:00', policy, { history }).desired, 3);
  assert.equal(at('08:00:00', policy, { history, replicas: 2, visits: 21 }).desired, 3);
  assert.equal(at('08:00:00', policy, { visits: null }).desired, 3);
});

test('when a floor ends, the number goes down as it does after a load, through stabilization', () => {
  const policy = policyWith(PEAK);
  const during = at('09:59:59', policy, { replicas: 3 });
  const after = at('10:00:00', policy, { replicas: 3, history: during.history });
  assert.equal(after.desired, 3);
  assert.ok(reasons(after).includes('ScaleDownStabilized'));
  const later = at('10:05:01', policy, { replicas: 3, history: after.history });
  assert.equal(later.desired, 2);
});

test('prewarm lets the floor hold early, and the ceiling of the same schedule only from its start', () => {
  const policy = policyWith(
    '{ name: peak, timezone: UTC, start: "0 9 * * *", duration: 2h, minReplicas: 2, maxReplicas: 2, prewarm: 5m }',
  );
  assert.equal(at('08:54:59', policy).desired, 0);
  assert.equal(at('08:55:00', policy).desired, 2);
  assert.equal(at('08:55:00', policy, { visits: 40 }).desired, 4);
  assert.equal(at('09:00:00', policy, { visits: 40 }).desired, 2);
});

test('a ceiling is a bound: the load may ask, and at its end the number follows', () => {
  const policy = policyWith(
    '{ name: freeze, timezone: UTC, start: "0 9 * * *", end: "0 10 * * *", maxReplicas: 1 }',
  );
  const frozen = at('09:30:00', policy, { visits: 45, replicas: 4 });
  assert.equal(frozen.desired, 1);
  assert.ok(reasons(frozen).includes('ScheduleActive'));
  assert.equal(at('10:00:00', policy, { visits: 45, replicas: 1 }).desired, 5);
});

test('of several that are open the highest floor and the lowest ceiling count, and a ceiling wins over a floor', () => {
  const policy = policyWith(
    `${PEAK}, { name: more, timezone: UTC, start: "0 8 * * *", duration: 1h, minReplicas: 5 }, ` +
      '{ name: freeze, timezone: UTC, start: "30 8 * * *", duration: 1h, maxReplicas: 2 }',
    'minReplicas: 1\n',
  );
  assert.equal(at('08:15:00', policy).desired, 5);
  const both = at('08:45:00', policy);
  assert.equal(both.desired, 2);
  assert.match(
    both.chain.find(({ step }) => step === 'bounds')?.detail ?? '',
    /^the schedule "freeze" has maxReplicas 2 until .*, which wins although the schedule "more" has minReplicas 5 until /,
  );
  assert.equal(at('09:15:00', policy).desired, 2);
  assert.equal(at('09:30:00', policy).desired, 3);
});
