import type { Controller } from '../../control/controller.js';
import { shortId } from '../../control/planning.js';
import { formatDuration, formatRate } from '../../server/admin/format.js';
import { type Moment, wallOf } from '../../server/admin/moment.js';
import type { PastAnswer, PastView } from '../../server/admin/source.js';
import type { DecisionRecord } from '../../store/decisions.js';
import type { EventRecord } from '../../store/events.js';
import type { Sample } from '../../store/samples.js';
import type { Store } from '../../store/store.js';
import { decisionLines } from './explanation.js';
import { type Happening, happeningLine, timeline } from './timeline.js';

const BEFORE_MS = 15 * 60_000;
const AFTER_MS = 2 * 60_000;
const HAPPENINGS_MAX = 30;

type Move = Extract<EventRecord, { kind: 'moved' }>;

/** What the store knows of the page at a moment. */
interface Past {
  readonly at: number;
  readonly ago: number;
  readonly decision: DecisionRecord | null;
  readonly sample: Sample | null;
  readonly replicas: readonly Move[];
  readonly before: readonly Happening[];
  readonly after: readonly Happening[];
  /** Null: a daemon ran. */
  readonly gap: string | null;
}

/** What was measured of a page at a moment of the past, what each step made of it, and what was done, before and after. */
export function explainPast({ state }: Pick<Controller, 'state'>, page: string, moment: Moment): PastAnswer {
  const { store, clock, catalogue } = state;
  const now = clock.wall();
  const at = wallOf(moment, now);
  if (at > now) return refused(`${iso(at)} has not come yet`, `it is ${iso(now)} at the daemon`);
  const since = historyStart(store);
  if (since === null || at < since) {
    const start = since === null ? 'there is no history yet' : `the history begins at ${iso(since)}`;
    return refused(`of ${iso(at)} nothing is known`, start);
  }
  const past = lookUp(store, page, at, now);
  const isKnown =
    past.decision !== null || past.sample !== null || store.events.lastMoves(page, at).length > 0;
  if (!isKnown && catalogue.get(page) === undefined) return { kind: 'no page' };
  return { kind: 'past', past: pastView(page, past) };
}

function lookUp(store: Store, page: string, at: number, now: number): Past {
  return {
    at,
    ago: now - at,
    decision: store.decisions.last(page, at),
    sample: store.samples.last(page, at),
    replicas: store.events.lastMoves(page, at).filter(({ to }) => to !== 'gone'),
    before: timeline(store, page, at - BEFORE_MS, at, HAPPENINGS_MAX),
    after: timeline(store, page, at + 1, Math.min(now, at + AFTER_MS), HAPPENINGS_MAX),
    gap: gapAt(store, at),
  };
}

/** Since when there is anything to tell, in Unix milliseconds. */
function historyStart(store: Store): number | null {
  const starts = [store.decisions.since(), store.events.since()].filter((start) => start !== null);
  return starts.length === 0 ? null : Math.min(...starts);
}

/** A daemon is seen once a minute, and one that is killed says no last word. */
function gapAt({ events }: Store, at: number): string | null {
  const [started, stopped] = [events.lastOf('started', at), events.lastOf('stopped', at)];
  const next = events.firstAfter('started', at);
  const nextBegan = next === null ? '' : `, and the next one began at ${iso(next.at)}`;
  if (stopped !== null && (started === null || started.at <= stopped.at))
    return `no daemon ran: one had ended at ${iso(stopped.at)}${nextBegan}`;
  const lastSeen = next?.kind === 'started' ? next.lastSeen : null;
  if (lastSeen !== null && lastSeen < at && (started === null || started.at <= lastSeen))
    return `no daemon is known to have run: one was last seen at ${iso(lastSeen)}${nextBegan}`;
  return null;
}

function pastView(page: string, past: Past): PastView {
  const { at, decision, sample, replicas, before, after } = past;
  const view = ({ at: when, what }: Happening) => ({ at: iso(when), what });
  return {
    at: iso(at),
    lines: lines(page, past),
    decision: decision === null ? null : { ...decision, at: iso(decision.at) },
    measured: sample === null ? null : { ...sample, at: iso(sample.at) },
    replicas: replicas.map(({ replica: id, driver, address, to: state, at: since, reason }) => {
      return { id, driver, address, state, since: iso(since), reason };
    }),
    before: before.map(view),
    after: after.map(view),
  };
}

function lines(
  page: string,
  { at, ago, decision, sample, replicas, before, after, gap }: Past,
): readonly string[] {
  return [
    `${page} at ${iso(at)}, ${formatDuration(ago / 1_000)} ago`,
    ...(gap === null ? [] : [gap]),
    sample === null ? 'nothing was measured of it until then' : sampleLine(sample),
    '',
    ...(decision === null
      ? ['nothing had been decided about it until then']
      : [
          `decided at ${iso(decision.at)} by policy ${decision.policy}${decision.dryRun ? ', a dry run' : ''}:`,
        ]),
    ...(decision === null ? [] : decisionLines(decision)),
    '',
    replicas.length === 0 ? 'it had no replicas' : 'its replicas then:',
    ...replicas.map(
      ({ replica, driver, address, to, at: since, reason }) =>
        `  ${shortId({ id: replica })} ${driver} ${address} ${to} since ${iso(since)}: ${reason}`,
    ),
    '',
    ...section('in the quarter of an hour before:', before),
    ...section('in the two minutes after:', after),
  ];
}

function sampleLine({ at, demand, queryRate, requestRate }: Sample): string {
  const rates = `demand ${formatRate(demand)}/s, queries ${formatRate(queryRate)}/s, requests ${formatRate(requestRate)}/s`;
  return `measured last at ${iso(at)}: ${rates}`;
}

function section(title: string, happenings: readonly Happening[]): readonly string[] {
  return happenings.length === 0 ? [`${title} nothing`] : [title, ...happenings.map(happeningLine)];
}

function refused(message: string, hint: string): PastAnswer {
  return { kind: 'refused', message, hint };
}

function iso(wall: number): string {
  return new Date(wall).toISOString();
}
