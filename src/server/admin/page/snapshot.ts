import type { DecidingView, DecisionView, PageView, ReplicaView, StatusView } from '../source.js';
import { type Answer, ask } from './client.js';
import { isWarm } from './warm.js';

export type Status = StatusView & { readonly healthy: boolean };

/** What the overview shows. */
export interface Overview {
  readonly kind: 'overview';
  readonly status: Status;
  /** Pages with something to see, hottest first. */
  readonly warm: readonly PageView[];
  /** Paths of others. */
  readonly cold: readonly string[];
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
  /** Why it had what it had at the moment that is asked about; null: none is. */
  readonly past: { readonly at: string; readonly lines: readonly string[] } | null;
}

export type Snapshot = Overview | PageSnapshot;

/** Rows that a person looks at; the API has the rest. */
const PAGES_SHOWN = 200;
const WARM_SHOWN = 40;
const DECISIONS_SHOWN = 25;

export async function readOverview(): Promise<Answer<Overview>> {
  const [status, pages, lists] = await Promise.all([
    ask<Status>('/api/v1/status'),
    ask<{ readonly pages: readonly PageView[] }>(`/api/v1/pages?top=${PAGES_SHOWN}`),
    readLists(),
  ]);
  if (!status.ok) return status;
  if (!pages.ok) return pages;
  if (!lists.ok) return lists;
  const paths = pages.value.pages.map(({ path }) => path);
  const value: Overview = {
    kind: 'overview',
    status: status.value,
    ...byWarmth(pages.value.pages, paths),
    ...lists.value,
  };
  return { ok: true, value };
}

/** What the daemon does not tell with every tick. */
export async function readLists(): Promise<Answer<Pick<Overview, 'replicas' | 'decisions'>>> {
  const [replicas, decisions] = await Promise.all([
    ask<Pick<Overview, 'replicas'>>('/api/v1/replicas'),
    ask<Pick<Overview, 'decisions'>>(`/api/v1/decisions?limit=${DECISIONS_SHOWN}`),
  ]);
  if (!replicas.ok) return replicas;
  if (!decisions.ok) return decisions;
  return { ok: true, value: { ...replicas.value, ...decisions.value } };
}

/** `pages` by heat; `paths` of all that are known, in the order in which the cold ones are to be named. */
export function byWarmth(
  pages: readonly PageView[],
  paths: readonly string[],
): Pick<Overview, 'warm' | 'cold'> {
  // Those below the last row count as cold: the hot ones are what is looked for here.
  const warm = pages.filter(isWarm).slice(0, WARM_SHOWN);
  const shown = new Set(warm.map(({ path }) => path));
  return { warm, cold: paths.filter((path) => !shown.has(path)) };
}

interface Explained {
  readonly at: string;
  readonly lines: readonly string[];
}

/** `at`: a moment of the past, as the API takes it; null: none. */
export async function readPage(path: string, at: string | null): Promise<Answer<PageSnapshot>> {
  const name = encodeURIComponent(path);
  const [status, page, decisions, explanation, past] = await Promise.all([
    ask<Status>('/api/v1/status'),
    ask<{ page: PageView; deciding: DecidingView | null; replicas: readonly ReplicaView[] }>(
      `/api/v1/page?path=${name}`,
    ),
    ask<Pick<PageSnapshot, 'decisions'>>(`/api/v1/decisions?page=${name}&limit=${DECISIONS_SHOWN}`),
    ask<{ lines: readonly string[] }>(`/api/v1/explain?page=${name}`),
    at === null ? null : ask<Explained>(`/api/v1/explain?page=${name}&at=${encodeURIComponent(at)}`),
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
      past: at === null || past === null ? null : pastOf(at, past),
    },
  };
}

/** The daemon's history may not go back so far, which it says itself. */
function pastOf(at: string, past: Answer<Explained>): PageSnapshot['past'] {
  if (past.ok) return past.value;
  return { at, lines: past.kind === 'refused' ? [past.message, past.hint] : [] };
}
