import { formatRate } from '../../format.js';
import type { PageView } from '../../source.js';
import type { Model } from '../model.js';
import { isByRequests, isHot } from '../warm.js';
import { count, visible } from '../words.js';
import { Orders, PageLink, Replicas } from './marks.js';
import { Sparkline } from './sparkline.js';
import { type Column, Table } from './table.js';

export interface PagesProps {
  /** Hottest first. */
  readonly warm: readonly PageView[];
  /** Paths of others. */
  readonly cold: readonly string[];
  /** Of the site. */
  readonly total: number;
  readonly model: Pick<Model, 'history' | 'now'>;
}

/** Pages by heat; those that nobody wants are only named. */
export function Pages({ warm, cold, total, model }: PagesProps) {
  if (total === 0)
    return (
      <p class="empty">The site has no pages yet. What is put into its folder shows up here by itself.</p>
    );
  const unnamed = total - warm.length - cold.length;
  return (
    <>
      {warm.length === 0 ? (
        <p class="empty">Nobody asks for anything: the origin serves all {count(total, 'page')} alone.</p>
      ) : (
        <Table
          caption="Pages, hottest first; rates per second"
          columns={columns(model)}
          rows={warm}
          keyOf={({ path }) => path}
          classOf={(page) => (isHot(page) ? 'hot' : 'lukewarm')}
        />
      )}
      {cold.length > 0 && (
        <details class="cold">
          <summary>{count(total - warm.length, 'cold page')}</summary>
          <ul>
            {cold.map((path) => (
              <li key={path}>
                <PageLink path={path} />
              </li>
            ))}
          </ul>
          {unnamed > 0 && (
            <p class="faint">
              {count(unnamed, 'more is', 'more are')} at <a href="/api/v1/pages?top=10000">/api/v1/pages</a>.
            </p>
          )}
        </details>
      )}
    </>
  );
}

function columns({ history, now }: PagesProps['model']): readonly Column<PageView>[] {
  return [
    {
      title: 'Page',
      kind: 'main',
      cell: (page) => (
        <>
          <PageLink path={page.path} /> <Orders page={page} />
          <small class="host" title={page.host}>
            {page.host}
          </small>
        </>
      ),
    },
    {
      title: 'Lately',
      cell: ({ path }) => <Sparkline points={history.get(path) ?? []} now={now} />,
    },
    { title: 'Demand / target', kind: 'number', cell: demandCell },
    { title: 'Queries', kind: 'number', cell: ({ queryRate }) => formatRate(queryRate) },
    {
      title: 'Requests',
      kind: 'number',
      cell: (page) => <span class={isByRequests(page) ? 'leading' : ''}>{formatRate(page.requestRate)}</span>,
    },
    { title: 'Replicas', cell: (page) => <Replicas page={page} /> },
    { title: 'Why', kind: 'long', cell: (page) => <Why page={page} /> },
  ];
}

export function Demand({ page }: { readonly page: PageView }) {
  return (
    <span class={isByRequests(page) ? '' : 'leading'}>
      {page.demandIsLowerBound && <span title="at least: caches hide the rest">≥&nbsp;</span>}
      {formatRate(page.demand)}
    </span>
  );
}

function demandCell(page: PageView) {
  return (
    <>
      <Demand page={page} />
      <span class="faint"> / {formatRate(page.target)}</span>
    </>
  );
}

/** The figures are told where they made a difference. */
function Why({ page }: { readonly page: PageView }) {
  const reason = visible(page.lastReason);
  return <>{isHot(page) ? reason : reason.replace(/:.*/s, '')}</>;
}
