import { type LoadCounters, Tally } from '../../src/cli/demo/tally.js';

/** Counters of a load that went well, with some of them changed. */
export function loadCounters(changed: Partial<LoadCounters> = {}): LoadCounters {
  return {
    ...new Tally().read(),
    visits: { started: 90, failed: 0 },
    queries: { sent: 10, answered: 10, lost: 0, refused: 0, overTcp: 0 },
    requests: { sent: 90, ok: 90, failed: 0 },
    ...changed,
  };
}
