import { z } from 'zod';
import {
  type PageAnswerRow,
  pagesAnswer,
  type replicasAnswer,
  type StatusAnswer,
  statusAnswer,
} from '../views.js';

/** News that are remembered; a screen shows the last ones. */
const NEWS_MAX = 100;

/** What is shown. */
export interface TopModel {
  /** Null: nothing was heard yet. */
  readonly status: StatusAnswer | null;
  /** Hottest first. */
  readonly pages: readonly PageAnswerRow[];
  /** By id. */
  readonly replicas: ReadonlyMap<string, LiveReplica>;
  /** Latest last. */
  readonly news: readonly string[];
  /** What keeps it from being the present state; null: it is. */
  readonly trouble: string | null;
}

interface LiveReplica {
  readonly id: string;
  readonly page: string;
  readonly driver: string;
  readonly state: string;
  readonly reason: string;
  readonly address: string;
  /** Monotonic milliseconds. */
  readonly bornAt: number;
}

export const NOTHING_YET: TopModel = {
  status: null,
  pages: [],
  replicas: new Map(),
  news: [],
  trouble: null,
};

const step = z.looseObject({ reason: z.string() });
const EVENTS = {
  tick: z.looseObject({ status: statusAnswer, pages: pagesAnswer.shape.pages }),
  replica: z.looseObject({
    from: z.string().nullable(),
    replica: z.looseObject({
      ...{ id: z.string(), page: z.string(), driver: z.string(), state: z.string() },
      ...{ reason: z.string(), address: z.string() },
    }),
  }),
  decided: z.looseObject({
    ...{ at: z.string(), page: z.string(), from: z.number(), to: z.number() },
    ...{ chain: z.array(step), actions: z.array(z.string()) },
  }),
  surge: z.looseObject({ at: z.string(), page: z.string() }),
  ordered: z.looseObject({ at: z.string(), verb: z.string(), page: z.string().nullable(), by: z.string() }),
  trouble: z.looseObject({ at: z.string(), what: z.string() }),
} as const;

/** Everything, as the API gives it to those who ask. `now` is in monotonic milliseconds, here and below. */
export function withAll(
  model: TopModel,
  status: StatusAnswer,
  { pages }: z.output<typeof pagesAnswer>,
  { replicas }: z.output<typeof replicasAnswer>,
  now: number,
): TopModel {
  const live = replicas.map(
    ({ ageSeconds, ...replica }) => [replica.id, { ...replica, bornAt: now - ageSeconds * 1_000 }] as const,
  );
  return { ...model, status, pages, replicas: new Map(live), trouble: null };
}

/** One event more; one that is not understood, as of a newer daemon, changes nothing. */
export function withEvent(model: TopModel, type: string, data: unknown, now: number): TopModel {
  switch (type) {
    case 'tick': {
      const tick = EVENTS.tick.safeParse(data).data;
      return tick === undefined ? model : { ...model, status: tick.status, pages: tick.pages, trouble: null };
    }
    case 'replica': {
      const event = EVENTS.replica.safeParse(data).data;
      return event === undefined ? model : withReplica(model, event.replica, now);
    }
    case 'decided': {
      const event = EVENTS.decided.safeParse(data).data;
      if (event === undefined) return model;
      const { at, page, from, to, chain, actions } = event;
      const telling = chain.findLast(({ reason }) => reason !== 'DesiredWithinRange');
      const why = telling === undefined ? '' : ` ${telling.reason}`;
      return withNews(
        model,
        at,
        `${page} ${from} -> ${to}${why}${actions.length === 0 ? '' : `: ${actions.join('; ')}`}`,
      );
    }
    case 'surge': {
      const event = EVENTS.surge.safeParse(data).data;
      return event === undefined ? model : withNews(model, event.at, `${event.page} gets hot`);
    }
    case 'ordered': {
      const event = EVENTS.ordered.safeParse(data).data;
      if (event === undefined) return model;
      return withNews(
        model,
        event.at,
        `${event.page ?? 'every page'}: ${event.verb} by hand, by ${event.by}`,
      );
    }
    case 'trouble': {
      const event = EVENTS.trouble.safeParse(data).data;
      return event === undefined ? model : withNews(model, event.at, event.what);
    }
    default:
      return model;
  }
}

function withReplica(model: TopModel, replica: Omit<LiveReplica, 'bornAt'>, now: number): TopModel {
  const replicas = new Map(model.replicas);
  if (replica.state === 'gone') replicas.delete(replica.id);
  else replicas.set(replica.id, { ...replica, bornAt: replicas.get(replica.id)?.bornAt ?? now });
  return { ...model, replicas };
}

function withNews(model: TopModel, at: string, what: string): TopModel {
  const time = /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
  return { ...model, news: [...model.news, `${time}  ${what}`].slice(-NEWS_MAX) };
}
