import { formatDuration, formatRate } from '../format.js';
import { byHeat } from '../heat.js';
import type { AdminSource, PageView, StatusView } from '../source.js';
import { document } from './document.js';
import { type Html, html } from './html.js';
import { addressList, chip, decisionFeed, pageLink, replicaTable } from './parts.js';
import { table } from './table.js';

/** Rows that a person looks at; the API has the rest. */
const PAGES_SHOWN = 60;
const REPLICAS_SHOWN = 200;
const DECISIONS_SHOWN = 30;

/** The status page: what is hot, what serves it, and what was decided. */
export function overview(source: AdminSource): string {
  const status = source.status();
  const pages = byHeat(source.pages());
  const replicas = source.replicas();
  return document({
    title: `${status.zone} · hotzone`,
    body: html`${head(status, source.healthy())}
<section aria-labelledby="pages"><h2 id="pages">Pages by heat</h2>
${pageTable(pages.slice(0, PAGES_SHOWN))}
${more(pages.length - PAGES_SHOWN, 'colder pages', '/api/v1/pages?top=10000')}
</section>
<section aria-labelledby="replicas"><h2 id="replicas">Replicas</h2>
${replicaTable(replicas.slice(0, REPLICAS_SHOWN), true)}
${more(replicas.length - REPLICAS_SHOWN, 'more replicas', '/api/v1/replicas')}
</section>
<section aria-labelledby="decisions"><h2 id="decisions">Decisions</h2>
${decisionFeed(source.decisions({ limit: DECISIONS_SHOWN }), true)}
</section>`,
  });
}

function head(status: StatusView, healthy: boolean): Html {
  const { counts, budget } = status;
  const tiles: readonly (readonly [string, string | number, string])[] = [
    ['Pages', counts.pages, ''],
    ['Hot', counts.hotPages, counts.hotPages > 0 ? 'hot' : ''],
    ['Serving', counts.serving, counts.serving > 0 ? 'serving' : ''],
    ['Booting', counts.booting, counts.booting > 0 ? 'booting' : ''],
    ['Draining', counts.draining, counts.draining > 0 ? 'draining' : ''],
    ['Failed', counts.failed, counts.failed > 0 ? 'failed' : ''],
    ['Budget', `${budget.used} of ${budget.limit}`, budget.used >= budget.limit ? 'failed' : ''],
  ];
  return html`<header><h1>${status.zone}</h1>
<p>${healthy ? '' : chip('failed', 'the control loop stands still')} hotzone ${status.version} · serial ${status.serial} · up <time datetime="${status.startedAt}">${formatDuration(status.uptimeSeconds)}</time></p>
</header>
<dl class="tiles">${tiles.map(([name, value, kind]) => html`<div class="${kind}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function pageTable(pages: readonly PageView[]): Html {
  return table<PageView>(
    'Pages, hottest first',
    [
      { title: 'Page', cell: ({ path, host }) => html`${pageLink(path)}<small>${host}</small>` },
      { title: 'Demand/s', isNumber: true, cell: demandCell },
      { title: 'Target', isNumber: true, cell: ({ target }) => formatRate(target) },
      { title: 'Queries/s', isNumber: true, cell: ({ queryRate }) => formatRate(queryRate) },
      { title: 'Requests/s', isNumber: true, cell: ({ requestRate }) => formatRate(requestRate) },
      { title: 'Replicas', cell: replicasCell },
      { title: 'In the answer', isLong: true, cell: ({ addresses }) => addressList(addresses) },
      { title: 'Why', isLong: true, cell: ({ lastReason }) => lastReason },
    ],
    pages,
    'The site has no pages.',
  );
}

function demandCell(page: PageView): Html {
  return html`${page.demandIsLowerBound ? '≥\u00a0' : ''}${formatRate(page.demand)}`;
}

/** `2 of 3`, and what is on its way. */
function replicasCell(page: PageView): Html {
  if (page.desired + page.serving + page.booting + page.draining === 0)
    return html`<span class="none">origin</span>`;
  return html`${page.serving} of ${page.desired} ${page.booting > 0 ? chip('booting', `+${page.booting}`) : ''} ${page.draining > 0 ? chip('draining', `−${page.draining}`) : ''}`;
}

function more(count: number, what: string, href: string): Html {
  return count > 0 ? html`<p class="empty"><a href="${href}">${count} ${what}</a></p>` : html``;
}
