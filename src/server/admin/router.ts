import { z } from 'zod';
import { API } from './api.js';
import { readAssets } from './assets.js';
import { statusPage } from './document.js';
import { type Endpoint, endpoint } from './endpoint.js';
import { moment, pagePath } from './parameters.js';
import { errorReply, type Reply, textReply } from './reply.js';
import type { AdminSource } from './source.js';

const assets = readAssets();

const ROUTES: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries<Endpoint>({
    ...API,
    '/': () => statusPage(assets),
    '/page': endpoint(z.object({ path: pagePath, at: moment.optional() }), (source, { path }) =>
      statusPage(assets, source.page(path) === undefined ? 404 : 200),
    ),
    '/metrics': async (source) => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: await source.metrics(),
    }),
    '/healthz': (source) =>
      source.healthy() ? textReply('ok\n') : textReply('the control loop stands still\n', 503),
  }),
);

/** `target` is the request line's: a path, maybe with a query. */
export function route(source: AdminSource, target: string): Reply | Promise<Reply> {
  if (!URL.canParse(target, 'http://admin'))
    return errorReply(400, 'the path is not one', 'use a path such as /api/v1/status');
  const url = new URL(target, 'http://admin');
  const asset = assets.get(url.pathname);
  if (asset !== undefined) return asset;
  const answer = ROUTES.get(url.pathname);
  if (answer === undefined)
    return errorReply(
      404,
      `there is nothing at ${url.pathname}`,
      `there is ${[...ROUTES.keys()].join(', ')}`,
    );
  return answer(source, url.searchParams);
}
