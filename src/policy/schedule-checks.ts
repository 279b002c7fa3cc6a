import { cronTimes } from './cron.js';
import { formatDuration } from './duration.js';
import { error, type Finding, warning } from './finding.js';
import type { Policy, Schedule } from './policy.js';
import { windowAt } from './schedule.js';
import type { Path } from './yaml-document.js';

/** Any day does, as long as it is always the same: a check must not depend on when it is made. */
const SOME_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
/** An unbroken time of so long has a holiday in it, a month's end and a leap day: it never ends. */
const ENDLESS_MS = 400 * DAY_MS;
/** How many starts are looked at: enough for each day of a year, and for every minute of a day. */
const MAX_STEPS = 2_000;
const MAX_STARTS = 500;

/** Every rule that the schedules of a policy break. */
export function* checkSchedules(policy: Policy): Iterable<Finding> {
  for (const [index, schedule] of policy.schedules.entries()) {
    const path = ['schedules', index] as const;
    if (policy.schedules.findIndex(({ name }) => name === schedule.name) < index)
      yield error([...path, 'name'], `the schedule "${schedule.name}" is already there`);
    yield* times(schedule, path);
    yield* replicas(schedule, policy, path);
  }
}

function* times(schedule: Schedule, path: Path): Iterable<Finding> {
  const { name, start, end, duration } = schedule;
  if ((duration === null) === (end === null)) {
    yield error(
      path,
      `the schedule "${name}" has ${end === null ? 'neither "duration" nor' : 'both "duration" and'} "end": expected one of them`,
    );
    return;
  }
  if (neverComes(start)) {
    yield error([...path, 'start'], `"${start}" never comes: there is no such day`);
    return;
  }
  if (duration !== null && isEndless(start, duration)) {
    yield error(
      [...path, 'duration'],
      `the schedule "${name}" never ends: it lasts ${formatDuration(duration)}, and starts again before that`,
    );
  }
  if (end === null) return;
  if (neverComes(end))
    yield error([...path, 'end'], `"${end}" never comes, so the schedule "${name}" never ends`);
  else if (neverOpens(schedule))
    yield error(
      [...path, 'end'],
      `the schedule "${name}" never begins: it ends in the minute of each of its starts`,
    );
}

function* replicas(schedule: Schedule, policy: Policy, path: Path): Iterable<Finding> {
  const { name, minReplicas, maxReplicas, prewarm } = schedule;
  if (minReplicas === null && maxReplicas === null)
    yield error(
      path,
      `the schedule "${name}" changes nothing: expected "minReplicas", "maxReplicas" or both`,
    );
  if (minReplicas !== null && maxReplicas !== null && minReplicas > maxReplicas)
    yield error([...path, 'minReplicas'], `minReplicas is ${minReplicas}, above maxReplicas ${maxReplicas}`);
  else if (minReplicas !== null && minReplicas > policy.maxReplicas)
    yield error(
      [...path, 'minReplicas'],
      `minReplicas is ${minReplicas}, above the policy's maxReplicas ${policy.maxReplicas}, which always wins`,
    );
  if (maxReplicas !== null && maxReplicas > policy.maxReplicas)
    yield warning(
      [...path, 'maxReplicas'],
      `maxReplicas is ${maxReplicas}, above the policy's maxReplicas ${policy.maxReplicas}, which always wins`,
    );
  if (prewarm === 0) return;
  if (minReplicas === null)
    yield error(
      [...path, 'prewarm'],
      'prewarm boots what "minReplicas" asks for early: expected "minReplicas"',
    );
  else if (prewarm < policy.instance.bootTimeout)
    yield warning(
      [...path, 'prewarm'],
      `prewarm is ${formatDuration(prewarm)}, but a replica may boot for ${formatDuration(policy.instance.bootTimeout)}: ` +
        'it may be late',
    );
}

function neverComes(expression: string): boolean {
  return cronTimes(expression, 'UTC').next(SOME_MONDAY) === null;
}

/**
 * Whether one window runs into the next for ever. Clocks are left alone here: a day that daylight saving makes longer
 * by an hour is no end.
 */
function isEndless(start: string, duration: number): boolean {
  const times = cronTimes(start, 'UTC');
  const first = times.next(SOME_MONDAY) ?? SOME_MONDAY;
  let started = first;
  for (let step = 0; step < MAX_STEPS && started - first < ENDLESS_MS; step += 1) {
    const later = times.last(started + duration);
    if (later === null || later === started) return false;
    started = later;
  }
  return true;
}

function neverOpens(schedule: Schedule): boolean {
  const times = cronTimes(schedule.start, schedule.timezone);
  let start = times.next(SOME_MONDAY);
  for (let step = 0; step < MAX_STARTS && start !== null; step += 1) {
    if (start - SOME_MONDAY > ENDLESS_MS) break;
    if (windowAt(schedule, start) !== null) return false;
    start = times.next(start);
  }
  return true;
}
