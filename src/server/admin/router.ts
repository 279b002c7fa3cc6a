import { z } from 'zod';
import { API } from './api.js';
import { type Endpoint, endpoint } from './endpoint.js';
import { pagePath } from './parameters.js';
import { errorReply, type Reply, textReply } from './reply.js';
import type { AdminSource } from './source.js';
import { CONTENT_SECURITY_POLICY } from './view/document.js';
import { overview } from './view/overview.js';
import { pageDetail, pageMissing } from './view/page-detail.js';

const ROUTES: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries<Endpoint>({
    ...API,
    '/': (source) => pageReply(200, overview(source)),
    '/page': endpoint(z.object({ path: pagePath }), (source, { path }) => {
      const page = source.page(path);
      return page === undefined
        ? pageReply(404, pageMissing(path))
        : pageReply(200, pageDetail(source, page));
    }),
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
  const answer = ROUTES.get(url.pathname);
  if (answer === undefined)
    return errorReply(
      404,
      `there is nothing at ${url.pathname}`,
      `there is ${[...ROUTES.keys()].join(', ')}`,
    );
  return answer(source, url.searchParams);
}

function pageReply(status: number, body: string): Reply {
  return {
    status,
    type: 'text/html; charset=utf-8',
    body,
    headers: { 'content-security-policy': CONTENT_SECURITY_POLICY },
  };
}
