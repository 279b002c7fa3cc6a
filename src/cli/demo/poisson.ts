import type { Random } from './zipf.js';

/** A rate per second that moves in a straight line from one value to another, and stays there. */
export interface Ramp {
  readonly from: number;
  readonly to: number;
  /** Monotonic milliseconds. */
  readonly startsAt: number;
  readonly durationMs: number;
}

export function rateAt(ramp: Ramp, now: number): number {
  const elapsed = now - ramp.startsAt;
  if (elapsed >= ramp.durationMs) return ramp.to;
  return elapsed <= 0 ? ramp.from : ramp.from + ((ramp.to - ramp.from) * elapsed) / ramp.durationMs;
}

/** How many events a ramp is expected to bring between two moments (monotonic milliseconds). */
export function expectedEvents(ramp: Ramp, from: number, to: number): number {
  return (areaUntil(ramp, to) - areaUntil(ramp, from)) / 1_000;
}

/** The area below the ramp from its start on; negative before it. */
function areaUntil(ramp: Ramp, now: number): number {
  const elapsed = now - ramp.startsAt;
  const rising = Math.min(elapsed, ramp.durationMs);
  const mean = (ramp.from + rateAt(ramp, ramp.startsAt + rising)) / 2;
  return elapsed <= 0 ? ramp.from * elapsed : mean * rising + ramp.to * (elapsed - rising);
}

/**
 * A Poisson process whose time is the number of expected events, which makes a changing rate as easy as a constant
 * one: the gaps are exponential with mean 1. Keep what is left of the gap for the next call.
 */
export function takeEvents(
  gapLeft: number,
  expected: number,
  random: Random,
): { readonly events: number; readonly gapLeft: number } {
  let left = gapLeft - expected;
  let events = 0;
  while (left <= 0) {
    events += 1;
    left += drawGap(random);
  }
  return { events, gapLeft: left };
}

export function drawGap(random: Random): number {
  return -Math.log(1 - random());
}
