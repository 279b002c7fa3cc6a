import { z } from 'zod';
import { type Endpoint, endpoint, noSuchPage } from './endpoint.js';
import { byHeat } from './heat.js';
import type { Moment } from './moment.js';
import { moment, pagePath, wholeNumber } from './parameters.js';
import { errorReply, jsonReply, type Reply } from './reply.js';
import type { AdminSource } from './source.js';

const nothing = z.object({});

/** The JSON API by path. Every answer is an object, so that it can grow. */
export const API: Readonly<Record<string, Endpoint>> = {
  '/api/v1/status': endpoint(nothing, (source) =>
    jsonReply({ healthy: source.healthy(), ...source.status() }),
  ),

  '/api/v1/pages': endpoint(
    z.object({ top: wholeNumber({ fallback: 100, max: 10_000 }) }),
    (source, { top }) => {
      const pages = byHeat(source.pages());
      return jsonReply({ total: pages.length, pages: pages.slice(0, top) });
    },
  ),

  '/api/v1/page': endpoint(z.object({ path: pagePath }), (source, { path }) => {
    const page = source.page(path);
    if (page === undefined) return noSuchPage(path);
    const replicas = source.replicas().filter((replica) => replica.page === path);
    return jsonReply({ page, deciding: source.deciding(path), replicas });
  }),

  '/api/v1/recent': endpoint(
    z.object({ top: wholeNumber({ fallback: 50, max: 1_000 }) }),
    (source, { top }) => jsonReply({ pages: source.recent(top) }),
  ),

  '/api/v1/replicas': endpoint(nothing, (source) => jsonReply({ replicas: source.replicas() })),

  '/api/v1/decisions': endpoint(
    z.object({ page: pagePath.optional(), limit: wholeNumber({ fallback: 50, max: 1_000 }) }),
    (source, { page, limit }) => {
      const decisions = source.decisions(page === undefined ? { limit } : { page, limit });
      // A page that left the site has a history still.
      const isUnknown = page !== undefined && decisions.length === 0 && source.page(page) === undefined;
      return isUnknown ? noSuchPage(page) : jsonReply({ decisions });
    },
  ),

  '/api/v1/explain': endpoint(z.object({ page: pagePath, at: moment.optional() }), (source, { page, at }) =>
    at === undefined ? explainNow(source, page) : explainPast(source, page, at),
  ),

  '/api/v1/series': endpoint(
    z.object({
      page: pagePath,
      from: moment.default({ kind: 'ago', ms: 3_600_000 }),
      to: moment.default({ kind: 'ago', ms: 0 }),
      points: wholeNumber({ fallback: 360, max: 5_000 }),
    }),
    (source, { page, from, to, points }) => {
      const series = source.series(page, from, to, points);
      return series === undefined ? noSuchPage(page) : jsonReply({ page, series });
    },
  ),

  '/api/v1/plan': endpoint(nothing, (source) => jsonReply({ plan: source.plan() })),
};

function explainNow(source: AdminSource, page: string): Reply {
  const lines = source.explain(page);
  return lines === undefined ? noSuchPage(page) : jsonReply({ page, lines });
}

function explainPast(source: AdminSource, page: string, at: Moment): Reply {
  const answer = source.explainPast(page, at);
  switch (answer.kind) {
    case 'past':
      return jsonReply({ page, ...answer.past });
    case 'no page':
      return noSuchPage(page);
    case 'refused':
      return errorReply(404, answer.message, answer.hint);
    default:
      return answer satisfies never;
  }
}
