import type { DecidingView, DecisionView, PageView, ReplicaView, StatusView } from '../source.js';
import { type Answer, ask } from './client.js';

export type Status = StatusView & { readonly healthy: boolean };

/** What the overview shows. */
export interface Overview {
  readonly kind: 'overview';
  readonly status: Status;
  readonly total: number;
  /** Hottest first. */
  readonly pages: readonly PageView[];
  readonly replicas: readonly ReplicaView[];
  /** Latest first. */
  readonly decisions: readonly DecisionView[];
}

/** What a page's own view shows; `page` null: the site has no such page. */
export interface PageSnapshot {
  readonly kind: 'page';
  readonly status: Status;
  readonly path: string;
  readonly page: PageView | null;
  /** The decision in force. */
  readonly deciding: DecidingView | null;
  readonly replicas: readonly ReplicaView[];
  readonly decisions: readonly DecisionView[];
  readonly explanation: readonly string[];
}

export type Snapshot = Overview | PageSnapshot;

/** Rows that a person looks at; the API has the rest. */
export const PAGES_SHOWN = 200;
const DECISIONS_SHOWN = 25;

export async function readOverview(): Promise<Answer<Overview>> {
  const [status, pages, replicas, decisions] = await Promise.all([
    ask<Status>('/api/v1/status'),
    ask<Pick<Overview, 'total' | 'pages'>>(`/api/v1/pages?top=${PAGES_SHOWN}`),
    ask<Pick<Overview, 'replicas'>>('/api/v1/replicas'),
    ask<Pick<Overview, 'decisions'>>(`/api/v1/decisions?limit=${DECISIONS_SHOWN}`),
  ]);
  if (!status.ok) return status;
  if (!pages.ok) return pages;
  if (!replicas.ok) return replicas;
  if (!decisions.ok) return decisions;
  return {
    ok: true,
    value: { kind: 'overview', status: status.value, ...pages.value, ...replicas.value, ...decisions.value },
  };
}

export async function readPage(path: string): Promise<Answer<PageSnapshot>> {
  const name = encodeURIComponent(path);
  const [status, page, decisions, explanation] = await Promise.all([
    ask<Status>('/api/v1/status'),
    ask<{ page: PageView; deciding: DecidingView | null; replicas: readonly ReplicaView[] }>(
      `/api/v1/page?path=${name}`,
    ),
    ask<Pick<PageSnapshot, 'decisions'>>(`/api/v1/decisions?page=${name}&limit=${DECISIONS_SHOWN}`),
    ask<{ lines: readonly string[] }>(`/api/v1/explain?page=${name}`),
  ]);
  if (!status.ok) return status;
  const isMissing = (answer: Answer<unknown>): boolean =>
    !answer.ok && answer.kind === 'refused' && answer.status === 404;
  // A page that left the site has a history still.
  if (!page.ok && !isMissing(page)) return page;
  if (!decisions.ok && !isMissing(decisions)) return decisions;
  if (!explanation.ok && !isMissing(explanation)) return explanation;
  return {
    ok: true,
    value: {
      kind: 'page',
      status: status.value,
      path,
      page: page.ok ? page.value.page : null,
      deciding: page.ok ? page.value.deciding : null,
      replicas: page.ok ? page.value.replicas : [],
      decisions: decisions.ok ? decisions.value.decisions : [],
      explanation: explanation.ok ? explanation.value.lines : [],
    },
  };
}
