import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawGap, expectedEvents, rateAt, takeEvents } from '../../../src/cli/demo/poisson.js';
import { seededRandom } from '../../helpers/random.js';

test('the number of events in a span has the mean and the variance of a Poisson process', () => {
  const random = seededRandom(1);
  const [expected, spans] = [3, 20_000];
  let gapLeft = drawGap(random);
  const counts: number[] = [];
  for (let span = 0; span < spans; span += 1) {
    const taken = takeEvents(gapLeft, expected, random);
    gapLeft = taken.gapLeft;
    counts.push(taken.events);
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / spans;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / spans;
  assert.ok(Math.abs(mean - expected) < 0.1, `mean ${mean}`);
  assert.ok(Math.abs(variance - expected) < 0.2, `variance ${variance}`);
});

test('it does not matter into how many calls a span is cut', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 20 }),
      (seed, spans) => {
        const whole = seededRandom(seed);
        const cut = seededRandom(seed);
        const sum = spans.reduce((total, span) => total + span, 0);
        const atOnce = takeEvents(drawGap(whole), sum, whole);
        let gapLeft = drawGap(cut);
        let events = 0;
        for (const span of spans) {
          const taken = takeEvents(gapLeft, span, cut);
          gapLeft = taken.gapLeft;
          events += taken.events;
        }
        assert.equal(events, atOnce.events);
        assert.ok(Math.abs(gapLeft - atOnce.gapLeft) < 1e-9);
      },
    ),
  );
});

test('a ramp goes in a straight line and stays at its end', () => {
  const ramp = { from: 2, to: 10, startsAt: 1_000, durationMs: 4_000 };
  assert.deepEqual(
    [0, 1_000, 2_000, 4_000, 5_000, 9_000].map((at) => rateAt(ramp, at)),
    [2, 2, 4, 8, 10, 10],
  );
  assert.equal(rateAt({ from: 2, to: 10, startsAt: 1_000, durationMs: 0 }, 1_000), 10);
});

test('the expected events are the area below the ramp, also around its bend', () => {
  const ramp = { from: 0, to: 10, startsAt: 0, durationMs: 1_000 };
  assert.equal(expectedEvents(ramp, 0, 1_000), 5);
  assert.equal(expectedEvents(ramp, 0, 3_000), 25);
  assert.equal(expectedEvents(ramp, 2_000, 3_000), 10);
  assert.equal(expectedEvents(ramp, 500, 500), 0);
  assert.equal(expectedEvents({ ...ramp, from: 4 }, -1_000, 0), 4);
  assert.equal(expectedEvents({ ...ramp, from: 4, durationMs: 0 }, -1_000, 1_000), 14);
});
