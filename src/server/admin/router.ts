import { z } from 'zod';
import { API } from './api.js';
import type { Assets } from './assets.js';
import { statusPage } from './document.js';
import { type Endpoint, endpoint } from './endpoint.js';
import { moment, pagePath } from './parameters.js';
import { errorReply, type Reply, textReply } from './reply.js';
import type { AdminSource } from './source.js';

/** Answers a request for reading; the target is the request line's: a path, maybe with a query. */
export type Router = (target: string) => Reply | Promise<Reply>;

export function router(source: AdminSource, assets: Assets): Router {
  const routes = new Map(Object.entries({ ...API, ...pageRoutes(assets), ...PROBES }));
  return (target) => {
    if (!URL.canParse(target, 'http://admin'))
      return errorReply(400, 'the path is not one', 'use a path such as /api/v1/status');
    const url = new URL(target, 'http://admin');
    const answer = routes.get(url.pathname);
    if (answer !== undefined) return answer(source, url.searchParams);
    const hint = `there is ${[...routes.keys()].join(', ')}`;
    return assets.get(url.pathname) ?? errorReply(404, `there is nothing at ${url.pathname}`, hint);
  };
}

function pageRoutes(assets: Assets): Readonly<Record<string, Endpoint>> {
  return {
    '/': () => statusPage(assets),
    '/page': endpoint(z.object({ path: pagePath, at: moment.optional() }), (source, { path }) =>
      statusPage(assets, source.page(path) === undefined ? 404 : 200),
    ),
  };
}

const PROBES: Readonly<Record<string, Endpoint>> = {
  '/metrics': async (source) => ({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    body: await source.metrics(),
  }),
  '/healthz': (source) =>
    source.healthy() ? textReply('ok\n') : textReply('the control loop stands still\n', 503),
};
