import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicies } from '../../src/policy/parse.js';
import { formatProblem } from '../../src/problem.js';
import { policyFrom, problemsOf, SHORTEST } from '../helpers/policy.js';

const SIX = SHORTEST.replace('maxReplicas: 4', 'maxReplicas: 6');

function textOf(schedule: string): string {
  return `${SIX}schedules:\n  - { ${schedule} }\n`;
}

function errors(schedule: string): readonly string[] {
  return problemsOf(readPolicies([{ file: 'p.yaml', text: textOf(schedule) }]).policies);
}

function warnings(schedule: string): readonly string[] {
  const reading = readPolicies([{ file: 'p.yaml', text: textOf(schedule) }]);
  assert.ok(reading.policies.ok);
  return reading.warnings.map(formatProblem);
}

test('a schedule is read with every part of it', () => {
  const peak =
    'name: peak, timezone: Europe/Prague, start: "30 8 * * 1-5", duration: 3h, minReplicas: 2, prewarm: 2m';
  const freeze = 'name: freeze, timezone: UTC, start: "0 0 24 12 *", end: "0 0 27 12 *", maxReplicas: 0';
  assert.deepEqual(policyFrom(`${textOf(peak)}  - { ${freeze} }\n`).schedules, [
    {
      name: 'peak',
      timezone: 'Europe/Prague',
      start: '30 8 * * 1-5',
      duration: 10_800_000,
      end: null,
      minReplicas: 2,
      maxReplicas: null,
      prewarm: 120_000,
    },
    {
      name: 'freeze',
      timezone: 'UTC',
      start: '0 0 24 12 *',
      duration: null,
      end: '0 0 27 12 *',
      minReplicas: null,
      maxReplicas: 0,
      prewarm: 0,
    },
  ]);
});

test('a time zone has to be there, by a name of the IANA database', () => {
  const rest = 'start: "0 8 * * *", duration: 1h, minReplicas: 1';
  const expected = 'expected a time zone of the IANA database, such as "Europe/Prague"';
  assert.deepEqual(errors(`name: s, timezone: Europe/Pragu, ${rest}`), [
    `p.yaml:7:26: "schedules[0].timezone" is "Europe/Pragu": ${expected}; did you mean "Europe/Prague"?`,
  ]);
  assert.deepEqual(errors(`name: s, timezone: sydney, ${rest}`), [
    `p.yaml:7:26: "schedules[0].timezone" is "sydney": ${expected}; did you mean "Australia/Sydney"?`,
  ]);
  assert.deepEqual(errors(`name: s, timezone: "+02:00", ${rest}`), [
    `p.yaml:7:26: "schedules[0].timezone" is "+02:00": ${expected}`,
  ]);
  assert.deepEqual(errors(`name: s, ${rest}`), [
    `p.yaml:7:5: "schedules[0].timezone" is missing: ${expected}`,
  ]);
});

test('what is no cron expression is told with what one is', () => {
  assert.deepEqual(errors('name: s, timezone: UTC, start: "8:30", duration: 1h, minReplicas: 1'), [
    'p.yaml:7:38: "schedules[0].start" is "8:30": expected five fields of cron (minute, hour, day of the month, month, weekday), such as "30 8 * * 1-5"',
  ]);
});

test('a start that never comes is an error, and so is an end', () => {
  assert.deepEqual(errors('name: s, timezone: UTC, start: "0 0 30 2 *", duration: 1h, minReplicas: 1'), [
    'p.yaml:7:38: "0 0 30 2 *" never comes: there is no such day',
  ]);
  assert.deepEqual(errors('name: s, timezone: UTC, start: "0 0 1 2 *", end: "0 0 31 4 *", minReplicas: 1'), [
    'p.yaml:7:56: "0 0 31 4 *" never comes, so the schedule "s" never ends',
  ]);
});

test('exactly one of duration and end says when it is over', () => {
  const start = 'name: s, timezone: UTC, start: "0 8 * * *"';
  assert.deepEqual(errors(`${start}, minReplicas: 1`), [
    'p.yaml:7:5: the schedule "s" has neither "duration" nor "end": expected one of them',
  ]);
  assert.deepEqual(errors(`${start}, duration: 1h, end: "0 9 * * *", minReplicas: 1`), [
    'p.yaml:7:5: the schedule "s" has both "duration" and "end": expected one of them',
  ]);
});

test('a duration that reaches every next start never ends; one that reaches some of them does', () => {
  const daily = 'name: s, timezone: Europe/Prague, start: "0 8 * * *", minReplicas: 1';
  assert.deepEqual(errors(`${daily}, duration: 24h`), [
    'p.yaml:7:87: the schedule "s" never ends: it lasts 24h, and starts again before that',
  ]);
  assert.deepEqual(warnings(`${daily}, duration: 23h59m`), []);
  const weekdays = 'name: s, timezone: UTC, start: "30 8 * * 1-5", minReplicas: 1';
  assert.deepEqual(warnings(`${weekdays}, duration: 30h`), []);
  assert.match(errors(`${weekdays}, duration: 72h`).join(), /never ends: it lasts 72h/);
  assert.match(
    errors('name: s, timezone: UTC, start: "* * * * *", minReplicas: 1, duration: 5m').join(),
    /never ends: it lasts 5m/,
  );
  const yearly = 'name: s, timezone: UTC, start: "0 0 24 12 *", minReplicas: 1';
  assert.deepEqual(warnings(`${yearly}, duration: 72h`), []);
});

test('a window that ends in the minute in which it begins never opens', () => {
  assert.deepEqual(errors('name: s, timezone: UTC, start: "0 8 * * 1-5", end: "0 8 * * *", minReplicas: 1'), [
    'p.yaml:7:58: the schedule "s" never begins: it ends in the minute of each of its starts',
  ]);
  assert.deepEqual(
    warnings('name: s, timezone: UTC, start: "0 8 * * *", end: "0 8 * * 1", minReplicas: 1'),
    [],
  );
});

test('replicas of a schedule have to be there, in order, and within what always wins', () => {
  const window = 'name: s, timezone: UTC, start: "0 8 * * *", duration: 1h';
  assert.match(
    errors(window).join(),
    /^p.yaml:7:5: the schedule "s" changes nothing: expected "minReplicas"/,
  );
  assert.match(
    errors(`${window}, minReplicas: 3, maxReplicas: 2`).join(),
    /minReplicas is 3, above maxReplicas 2$/,
  );
  assert.match(
    errors(`${window}, minReplicas: 7`).join(),
    /above the policy's maxReplicas 6, which always wins$/,
  );
  assert.match(
    warnings(`${window}, maxReplicas: 7`).join(),
    /above the policy's maxReplicas 6, which always wins$/,
  );
});

test('a prewarm needs a floor, and should be as long as a boot', () => {
  const window = 'name: s, timezone: UTC, start: "0 8 * * *", duration: 1h';
  assert.match(errors(`${window}, maxReplicas: 2, prewarm: 1m`).join(), /prewarm .* expected "minReplicas"$/);
  assert.deepEqual(warnings(`${window}, minReplicas: 2, prewarm: 1s`), [
    'p.yaml:7:90: prewarm is 1s, but a replica may boot for 10s: it may be late',
  ]);
  assert.deepEqual(warnings(`${window}, minReplicas: 2, prewarm: 10s`), []);
});

test('a name of a schedule is the only one of its kind in the policy', () => {
  const schedule = 'name: s, timezone: UTC, start: "0 8 * * *", duration: 1h, minReplicas: 1';
  const text = `${textOf(schedule)}  - { ${schedule} }\n`;
  assert.deepEqual(problemsOf(readPolicies([{ file: 'p.yaml', text }]).policies), [
    'p.yaml:8:13: the schedule "s" is already there',
  ]);
});
