import type { Coverage } from './coverage.js';
import type { LoadSettings } from './load.js';
import { WindowCounter } from './window.js';

/**
 * A rate is taken over at least this much time. Below it, one event after a start would read as a surge; above it, a
 * surge right after a start would be hidden.
 */
const SHORTEST_SPAN_MS = 1_000;

/** One count over both windows of a policy. */
export class Windows {
  stable: WindowCounter;
  panic: WindowCounter;

  constructor(settings: LoadSettings) {
    this.stable = new WindowCounter(settings.stableWindow);
    this.panic = new WindowCounter(settings.panicWindow);
  }

  add(count: number, from: number, to: number): void {
    this.stable.add(count, from, to);
    this.panic.add(count, from, to);
  }

  resize(settings: LoadSettings): void {
    // The long window knows more than the short one, whichever of them grows.
    const known = this.stable;
    if (settings.stableWindow !== known.windowMs) this.stable = known.resized(settings.stableWindow);
    if (settings.panicWindow !== this.panic.windowMs) this.panic = known.resized(settings.panicWindow);
  }
}

/**
 * Events per second: the window's count over the part of the window that was watched, not over all of it. So 3 s of
 * data after a start are a rate over 3 s, and a gap in the data does not look like a lull.
 */
export function rateOf(counter: WindowCounter, coverage: Coverage, now: number): number {
  return (counter.sum(now) * 1_000) / watched(counter.windowMs, coverage, now);
}

/** Milliseconds of a window that were watched, never less than the floor, so that it can be divided by. */
export function watched(windowMs: number, coverage: Coverage, now: number): number {
  return Math.max(coverage.within(now - windowMs, now), Math.min(SHORTEST_SPAN_MS, windowMs));
}
