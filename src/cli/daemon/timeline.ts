import { shortId } from '../../control/planning.js';
import type { DecisionRecord } from '../../store/decisions.js';
import type { EventRecord } from '../../store/events.js';
import type { Store } from '../../store/store.js';

/** One thing that happened to a page, in the operator's words. `at` is in Unix milliseconds. */
export interface Happening {
  readonly at: number;
  readonly what: string;
}

/** What happened to the page from `from` to `to` (Unix milliseconds, both included), oldest first; the last `limit`. */
export function timeline(
  store: Pick<Store, 'decisions' | 'events'>,
  page: string,
  from: number,
  to: number,
  limit: number,
): readonly Happening[] {
  const decisions = store.decisions.between(page, from, to, limit);
  const events = store.events.between(page, from, to, limit);
  const happenings = [
    ...decisions.map((record) => ({ at: record.at, what: describeDecision(record) })),
    ...events.map((record) => ({ at: record.at, what: describeEvent(record) })),
  ];
  // A decision comes before what was done about it in the same millisecond: sorting is stable.
  return happenings.sort((a, b) => a.at - b.at).slice(-limit);
}

/** With a moment that `--at` takes. */
export function happeningLine({ at, what }: Happening): string {
  return `  ${new Date(at).toISOString()}  ${what}`;
}

function describeDecision({ current, desired, chain, actions, dryRun }: DecisionRecord): string {
  const telling = chain.findLast(({ reason }) => reason !== 'DesiredWithinRange');
  const why = telling === undefined ? '' : ` by ${telling.reason}`;
  const done = actions.join('; ') || (dryRun ? 'nothing is done in a dry run' : 'nothing to do');
  return `${current} -> ${desired}${why}: ${done}`;
}

function describeEvent(event: EventRecord): string {
  switch (event.kind) {
    case 'moved': {
      const { replica, address, driver, from, to, reason } = event;
      const step = from === null ? `${to} by ${driver}` : `${from} -> ${to}`;
      return `replica ${shortId({ id: replica })} on ${address} ${step}: ${reason}`;
    }
    case 'surge':
      return 'the page gets hot';
    case 'ordered':
      return event.detail.includes(event.by)
        ? `${event.verb} by hand: ${event.detail}`
        : `${event.verb} by hand, by ${event.by}: ${event.detail}`;
    case 'started':
      return event.lastSeen === null
        ? 'a daemon began, the first one'
        : `a daemon began; the one before was last seen at ${new Date(event.lastSeen).toISOString()}`;
    case 'stopped':
      return 'the daemon ended';
    default:
      return event satisfies never;
  }
}
