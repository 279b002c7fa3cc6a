import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import cron from 'node-cron';
import { isCron } from '../../src/policy/cron.js';
import type { Schedule } from '../../src/policy/policy.js';
import { prewarmedWindowAt, windowAt } from '../../src/policy/schedule.js';
import { wallClock } from '../../src/policy/time-zone.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function scheduleOf(fields: Partial<Schedule>): Schedule {
  return {
    name: 's',
    timezone: 'UTC',
    start: '0 8 * * *',
    duration: null,
    end: null,
    minReplicas: 1,
    maxReplicas: null,
    prewarm: 0,
    ...fields,
  };
}

function at(iso: string): number {
  const time = Date.parse(iso);
  assert.ok(Number.isFinite(time), iso);
  return time;
}

/** Every opening and closing between two moments, as the clock on the wall there shows them, found minute by minute. */
function edges(schedule: Schedule, from: string, to: string): readonly string[] {
  const found: string[] = [];
  let wasOpen = windowAt(schedule, at(from)) !== null;
  for (let wall = at(from); wall < at(to); wall += MINUTE) {
    const isOpen = windowAt(schedule, wall) !== null;
    if (isOpen !== wasOpen)
      found.push(`${isOpen ? 'opens' : 'closes'} ${wallClock(wall, schedule.timezone)}`);
    wasOpen = isOpen;
  }
  return found;
}

/** The fields that a time has on the clock of a zone that knows no daylight saving. */
interface CronFields {
  readonly minute: number;
  readonly hour: number;
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
}

function expressionOf({ minute, hour, weekdays }: CronFields): string {
  return `${minute} ${hour} * * ${weekdays.length === 7 ? '*' : weekdays.join(',')}`;
}

function matches({ minute, hour, weekdays }: CronFields, wall: number, offset: number): boolean {
  const local = new Date(wall + offset);
  return (
    local.getUTCMinutes() === minute && local.getUTCHours() === hour && weekdays.includes(local.getUTCDay())
  );
}

const FIELDS = fc.record({
  minute: fc.constantFrom(0, 15, 30, 59),
  hour: fc.nat(23),
  weekdays: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 }),
});
/** Neither knows daylight saving; the second has no whole hours. */
const ZONES = fc.constantFrom(
  { timezone: 'UTC', offset: 0 },
  { timezone: 'Asia/Kathmandu', offset: 5 * HOUR + 45 * MINUTE },
);
const NOON_OF_SOME_DAY = at('2026-05-06T12:00:00Z');
const SAMPLE = 3 * HOUR;
const WALK = 9 * DAY;

test('with an end on any days whatever, a window is open from a start to the next end, as a walk through every minute finds it', () => {
  fc.assert(
    fc.property(FIELDS, FIELDS, ZONES, (start, end, { timezone, offset }) => {
      const schedule = scheduleOf({ timezone, start: expressionOf(start), end: expressionOf(end) });
      // A week earlier, so that whatever was open then has met its end.
      let isOpen = false;
      let changedAt = 0;
      for (let wall = NOON_OF_SOME_DAY - 2 * 7 * DAY; wall < NOON_OF_SOME_DAY + WALK; wall += MINUTE) {
        const wasOpen: boolean = isOpen;
        if (matches(start, wall, offset)) isOpen = true;
        if (matches(end, wall, offset)) isOpen = false;
        if (isOpen !== wasOpen) changedAt = wall;
        // All are alike but for those about an edge, or where one might be.
        const isTelling =
          wall - changedAt <= MINUTE ||
          matches(start, wall + MINUTE, offset) ||
          matches(end, wall + MINUTE, offset);
        if (wall < NOON_OF_SOME_DAY || !(isTelling || wall % SAMPLE === 0)) continue;
        const window = windowAt(schedule, wall + 31_000);
        assert.equal(window !== null, isOpen, `${JSON.stringify(schedule)} at ${wallClock(wall, timezone)}`);
        if (window === null) continue;
        assert.ok(matches(start, window.since, offset) && window.since <= wall);
        assert.ok(matches(end, window.until, offset) && window.until > wall);
        assert.equal(windowAt(schedule, window.until), null);
      }
    }),
    { numRuns: 25 },
  );
});

test('with a duration, a window is open for so long after each start, and prewarm opens it earlier', () => {
  const lengths = fc.record({ duration: fc.integer({ min: 1, max: 3_000 }), prewarm: fc.nat(200) });
  fc.assert(
    fc.property(FIELDS, lengths, ZONES, (start, { duration, prewarm }, { timezone, offset }) => {
      const schedule = scheduleOf({
        timezone,
        start: expressionOf(start),
        duration: duration * MINUTE,
        prewarm: prewarm * MINUTE,
      });
      const starts: number[] = [];
      for (let wall = NOON_OF_SOME_DAY - 14 * DAY; wall < NOON_OF_SOME_DAY + WALK + DAY; wall += MINUTE)
        if (matches(start, wall, offset)) starts.push(wall);
      for (let wall = NOON_OF_SOME_DAY; wall < NOON_OF_SOME_DAY + WALK; wall += 23 * MINUTE) {
        const isOpen = starts.some((begun) => begun <= wall && wall < begun + (schedule.duration ?? 0));
        const isWarm = starts.some(
          (begun) => begun - schedule.prewarm <= wall && wall < begun + (schedule.duration ?? 0),
        );
        assert.equal(windowAt(schedule, wall) !== null, isOpen);
        assert.equal(prewarmedWindowAt(schedule, wall) !== null, isWarm);
      }
    }),
    { numRuns: 25 },
  );
});

test('weekdays with an end on all days close in the evening and stay closed over the weekend (keda#4677)', () => {
  const schedule = scheduleOf({ timezone: 'Europe/Prague', start: '30 6 * * 1-5', end: '10 22 * * *' });
  // 2026-05-08 is a Friday.
  assert.deepEqual(edges(schedule, '2026-05-08T00:00:00Z', '2026-05-12T00:00:00Z'), [
    'opens 2026-05-08 06:30',
    'closes 2026-05-08 22:10',
    'opens 2026-05-11 06:30',
    'closes 2026-05-11 22:10',
  ]);
});

test('in Prague, a start that the clocks skip comes when they have; a duration is what really passes', () => {
  const schedule = scheduleOf({ timezone: 'Europe/Prague', start: '30 2 * * *', duration: 3 * HOUR });
  // On 2026-03-29, 02:00 is followed by 03:00.
  assert.deepEqual(edges(schedule, '2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z'), [
    'opens 2026-03-28 02:30',
    'closes 2026-03-28 05:30',
    'opens 2026-03-29 03:00',
    'closes 2026-03-29 06:00',
    'opens 2026-03-30 02:30',
    'closes 2026-03-30 05:30',
  ]);
});

test('in Prague, a start and an end that the clocks repeat come once, the first time', () => {
  // On 2026-10-25, 03:00 is followed by 02:00: 02:30 is at 00:30 UTC and again at 01:30 UTC.
  const starts = scheduleOf({ timezone: 'Europe/Prague', start: '30 2 25 10 *', duration: 30 * MINUTE });
  assert.equal(windowAt(starts, at('2026-10-25T00:29:59Z')), null);
  assert.deepEqual(windowAt(starts, at('2026-10-25T00:45:00Z')), {
    since: at('2026-10-25T00:30:00Z'),
    until: at('2026-10-25T01:00:00Z'),
  });
  assert.equal(windowAt(starts, at('2026-10-25T01:30:00Z')), null);
  const ends = scheduleOf({ timezone: 'Europe/Prague', start: '0 0 25 10 *', end: '30 2 25 10 *' });
  assert.ok(windowAt(ends, at('2026-10-25T00:29:59Z')) !== null);
  for (const time of ['00:30', '01:15', '01:30', '02:30'])
    assert.equal(windowAt(ends, at(`2026-10-25T${time}:00Z`)), null, time);
});

test('in Sydney, where summer begins in October, the same holds half a year apart', () => {
  const schedule = scheduleOf({ timezone: 'Australia/Sydney', start: '30 2 * * *', end: '0 5 * * *' });
  // On 2026-10-04, 02:00 is followed by 03:00; on 2026-04-05, 03:00 by 02:00.
  assert.deepEqual(edges(schedule, '2026-10-03T12:00:00Z', '2026-10-04T12:00:00Z'), [
    'opens 2026-10-04 03:00',
    'closes 2026-10-04 05:00',
  ]);
  const fold = edges(schedule, '2026-04-04T12:00:00Z', '2026-04-05T12:00:00Z');
  assert.deepEqual(fold, ['opens 2026-04-05 02:30', 'closes 2026-04-05 05:00']);
  assert.deepEqual(windowAt(schedule, at('2026-04-04T17:00:00Z')), {
    since: at('2026-04-04T15:30:00Z'),
    until: at('2026-04-04T19:00:00Z'),
  });
});

test('whatever counts as an expression here is one for what wakes the loop too', () => {
  const good = [
    '30 8 * * 1-5',
    '0 0 24 12 *',
    '*/15 9-17 * * MON-FRI',
    '0 3 1,15 JAN *',
    '59 23 * * 7',
    '0 0 29 2 *',
  ];
  for (const expression of good) {
    assert.ok(isCron(expression), expression);
    assert.ok(cron.validate(expression), expression);
  }
  const bad = [
    '',
    '* * * *',
    '0 0 8 * * *',
    '@daily',
    '0 0 L * *',
    '0 0 * * 1#2',
    '60 * * * *',
    '0 24 * * *',
    '0 0 * * FRYDAY',
    '0 0 ? * *',
    '0 0 15W * *',
    '0 0 * * 5L',
  ];
  for (const expression of bad) assert.ok(!isCron(expression), expression);
});
