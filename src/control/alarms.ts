import cron, { type ScheduledTask } from 'node-cron';
import type { Policy } from '../policy/policy.js';

/**
 * Wakes the loop in the minute in which a schedule begins or ends, so that nobody waits for the next tick. It decides
 * nothing: what holds when, each tick finds out from the time alone, also one after an alarm that was missed.
 */
export class Alarms {
  readonly #wake: () => void;
  #tasks: readonly ScheduledTask[] = [];

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** How many are set. */
  get size(): number {
    return this.#tasks.length;
  }

  set(policies: readonly Policy[]): void {
    this.clear();
    const edges = policies
      .flatMap(({ enabled, schedules }) => (enabled ? schedules : []))
      .flatMap(({ start, end, timezone }) =>
        [start, end].flatMap((expression) => (expression === null ? [] : [{ expression, timezone }])),
      );
    this.#tasks = edges.map(({ expression, timezone }) =>
      cron.schedule(expression, () => this.#wake(), { timezone, noOverlap: true }),
    );
  }

  clear(): void {
    for (const task of this.#tasks) void task.destroy();
    this.#tasks = [];
  }
}
